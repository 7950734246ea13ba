import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'

import { setErrors } from './check-language.js'
import { LANGUAGES, listLanguages, readLanguage, readShared } from './language.js'
import { selectLanguages } from './select-languages.js'

const IMAGES = path.join(LANGUAGES, '..')

/**
 * @typedef {import('./language.js').Language} Language
 * @typedef {import('./registry-clients.js').Registry} Registry
 *
 * @typedef {object} PackageSet packages that are added to the image of a language
 * @property {string} base name of the base language
 * @property {import('./language.js').PypiPackage[]} pypi
 * @property {string[]} [aliases]
 * @property {string[]} [setup] shell commands that run as root after the packages are installed
 * @property {Record<string, string>} [env]
 * @property {string[]} [warm]
 * @property {number} [memory] bytes
 * @property {number} [processes]
 * @property {Record<string, import('./language.js').Example>} [examples]
 *
 * @typedef {object} Folder the description of an image and its programs, for `readExamples`
 * @property {Language} language
 * @property {string} dir
 * @property {string} hello
 * @property {string[]} [required]
 * @property {PackageSet} [set] the package set, if the image is one
 */

/**
 * @param {string} imagesDir
 * @returns {Promise<string[]>} the names of the package sets, sorted
 */
export async function listSets (imagesDir) {
  const files = await readdir(path.join(imagesDir, 'sets')).catch(() => [])
  return files.filter((file) => file.endsWith('.json')).map((file) => path.basename(file, '.json')).sort()
}

/**
 * Reads and checks a package set.
 * @param {string} imagesDir
 * @param {string} name
 * @returns {Promise<Folder & {set: PackageSet}>} `language` is the base language with the name and fields of the set
 * @throws Error with the file name and all errors
 */
export async function readSet (imagesDir, name) {
  const value = JSON.parse(await readFile(path.join(imagesDir, 'sets', `${name}.json`), 'utf8'))
  const errors = setErrors(value)
  if (errors.length > 0) throw new Error(errors.map((error) => `sets/${name}.json: ${error}`).join('\n'))
  const set = /** @type {PackageSet} */ (value)
  const { base, pypi, setup, ...fields } = set
  const { language, hello } = await readLanguage(path.join(imagesDir, 'languages'), base)
  return {
    set,
    language: { ...language, interactive: false, ...fields, name, env: { ...language.env, ...set.env }, aliases: set.aliases ?? [] },
    dir: path.join(imagesDir, 'sets', name),
    hello,
    required: []
  }
}

/**
 * Reads a language or a package set.
 * @param {string} name
 * @param {string} [imagesDir]
 * @returns {Promise<Folder>}
 */
export async function readImage (name, imagesDir = IMAGES) {
  const isSet = (await listSets(imagesDir)).includes(name)
  return isSet ? await readSet(imagesDir, name) : await readLanguage(path.join(imagesDir, 'languages'), name)
}

/**
 * Returns the languages and package sets named on the command line, or all languages if no name is given.
 * @param {string[]} asked
 * @param {string} [imagesDir]
 * @returns {Promise<string[]>}
 * @throws Error if a name is unknown
 */
export async function selectImages (asked, imagesDir = IMAGES) {
  const languages = await listLanguages(path.join(imagesDir, 'languages'))
  return asked.length === 0 ? languages : selectLanguages(asked, [...languages, ...await listSets(imagesDir)])
}

/**
 * Finds the package registries that languages need.
 * @param {string} imagesDir
 * @param {string[]} names names of languages and package sets
 * @returns {Promise<Registry[]>} the registries of the packages, except the Debian archive, sorted
 */
export async function registriesOf (imagesDir, names) {
  /** @type {Set<Registry>} */
  const found = new Set()
  for (const name of names) {
    // A language with errors is not built, so it does not require any packages.
    const contents = await contentsOf(imagesDir, name).catch(() => [])
    for (const each of contents) {
      for (const kind of /** @type {const} */ (['npm', 'pypi', 'maven'])) if ((each[kind] ?? []).length > 0) found.add(kind)
    }
  }
  return [...found].sort()
}

/**
 * @param {string} imagesDir
 * @param {string} name
 * @returns {Promise<import('./language.js').Contents[]>}
 */
async function contentsOf (imagesDir, name) {
  const { language, set } = await readImage(name, imagesDir)
  return [language, await readShared(imagesDir, language.shared ?? []), ...set === undefined ? [] : [set]]
}
