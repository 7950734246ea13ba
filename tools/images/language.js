import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { languageErrors, sharedErrors } from './check-language.js'

/**
 * @typedef {object} NpmPackage
 * @property {string} name `{arch}` is replaced with x64 or arm64
 * @property {string} version
 * @property {string | Record<string, string>} integrity one value, or one value per architecture
 * @property {string[]} [files] names in the top folder to keep; if absent, all are kept
 *
 * @typedef {object} PypiPackage
 * @property {string} name
 * @property {string} version
 * @property {string | Record<string, string>} sha256 checksum of the wheel: one value, or one value per architecture
 * @property {string[]} [files] paths to keep; if absent, all are kept
 *
 * @typedef {object} MavenArtifact
 * @property {string} artifact group:name:version
 * @property {string} sha256
 *
 * @typedef {object} Contents packages of an image
 * @property {string[]} [packages]
 * @property {string[]} [exclude]
 * @property {NpmPackage[]} [npm]
 * @property {PypiPackage[]} [pypi]
 * @property {MavenArtifact[]} [maven]
 *
 * @typedef {object} Example
 * @property {string} [without]
 * @property {string} [main] name of the main file if it differs from the default of the language
 * @property {string} [language] language name in the payload
 * @property {string} [stdin]
 * @property {string[]} [args]
 * @property {Record<string, string>} [env]
 * @property {string} [command]
 * @property {object} [runInstructions]
 * @property {object} [limits]
 * @property {string} [message]
 * @property {string} [stdout]
 * @property {string} [stderr]
 * @property {string} [error]
 * @property {number} [exitCode]
 * @property {string} [outcome]
 *
 * @typedef {object} OwnFields
 * @property {string} name
 * @property {string[]} [aliases]
 * @property {Record<string, string[][]>} [also]
 * @property {string[]} [listed]
 * @property {string} [glot] name of glot's image if it differs
 * @property {string} main
 * @property {string} version
 * @property {string[][]} [build]
 * @property {string[]} run
 * @property {Record<string, string>} [env]
 * @property {string[]} [shared]
 * @property {number} [memory] bytes
 * @property {number} [processes]
 * @property {boolean} [interactive]
 * @property {string[]} [warm]
 * @property {boolean} [fixedHeap] whether the warm interpreter derives its heap size from the memory limit when it starts
 * @property {boolean} [first]
 * @property {Record<string, Example>} [examples]
 *
 * @typedef {OwnFields & Contents} Language
 */

/** The folder with the languages of the repository. */
export const LANGUAGES = fileURLToPath(new URL('../../runner-images/languages', import.meta.url))

/** Fields and files that are not part of an image. Changing them does not cause a rebuild. */
const NOT_IN_IMAGE = { fields: ['examples', 'first', 'glot'], files: new Set(['examples', 'README.md']) }

/**
 * Decides whether the image contains a file.
 * @param {string} file path relative to the language folder or shared folder
 * @returns {boolean} whether the file is part of the image
 */
export function isInImage (file) {
  return !NOT_IN_IMAGE.files.has(file.split(path.sep)[0] ?? '')
}

/**
 * Returns the language.json for the image, without the fields that only the host uses.
 * @param {object} language
 * @returns {string}
 */
export function imageJson (language) {
  return JSON.stringify(Object.fromEntries(Object.entries(language).filter(([name]) => !NOT_IN_IMAGE.fields.includes(name))), null, 2) + '\n'
}

/**
 * Lists all languages.
 * @param {string} languagesDir
 * @returns {Promise<string[]>} the names of folders with a language.json, sorted
 */
export async function listLanguages (languagesDir) {
  const names = (await readdir(languagesDir)).sort()
  return names.filter((name) => existsSync(path.join(languagesDir, name, 'language.json')))
}

/**
 * Reads the descriptions of all languages.
 * @param {string} [languagesDir]
 * @returns {Promise<(Language | {name: string, first?: boolean, shared?: string[]})[]>} sorted; a language with errors has only its name, and its build reports the errors
 */
export async function knownLanguages (languagesDir = LANGUAGES) {
  const names = await listLanguages(languagesDir)
  return await Promise.all(names.map((name) => readLanguage(languagesDir, name).then(({ language }) => language, () => ({ name }))))
}

/**
 * Lists the most used languages.
 * @param {string} [languagesDir]
 * @returns {Promise<string[]>} the languages that the quickstart and every test run use
 */
export async function firstLanguages (languagesDir = LANGUAGES) {
  return (await knownLanguages(languagesDir)).filter((language) => language.first === true).map((language) => language.name)
}

/**
 * Reads and checks the folder of a language.
 * @param {string} languagesDir
 * @param {string} name
 * @returns {Promise<{language: Language, dir: string, hello: string}>} `hello` is the source of the program
 * @throws Error with the file name and all errors
 */
export async function readLanguage (languagesDir, name) {
  const dir = path.join(languagesDir, name)
  const value = await readJson(path.join(dir, 'language.json'), `${name}/language.json`)
  const errors = languageErrors(value, name)
  const hellos = (await readdir(dir)).filter((each) => each.startsWith('hello.'))
  if (hellos.length !== 1) errors.push(`the folder must have one hello.* program, but has ${hellos.length}`)
  if (errors.length > 0) throw new Error(errors.map((error) => `${name}/language.json: ${error}`).join('\n'))
  return { language: /** @type {Language} */ (value), dir, hello: await readFile(path.join(dir, hellos[0] ?? ''), 'utf8') }
}

/**
 * Reads the contents of shared folders and combines them in the given order.
 * @param {string} imagesDir
 * @param {string[]} names names of folders in shared/
 * @returns {Promise<Required<Contents>>}
 * @throws Error with the file name and all errors
 */
export async function readShared (imagesDir, names) {
  /** @type {Required<Contents>} */
  const all = { packages: [], exclude: [], npm: [], pypi: [], maven: [] }
  for (const name of names) {
    const dir = path.join(imagesDir, 'shared', name)
    const present = await readdir(dir).catch(() => { throw new Error(`the folder shared/${name} does not exist`) })
    if (!present.includes('shared.json')) continue
    const value = await readJson(path.join(dir, 'shared.json'), `shared/${name}/shared.json`)
    const errors = sharedErrors(value)
    if (errors.length > 0) throw new Error(errors.map((error) => `shared/${name}/shared.json: ${error}`).join('\n'))
    const contents = /** @type {Contents} */ (value)
    all.packages.push(...contents.packages ?? [])
    all.exclude.push(...contents.exclude ?? [])
    all.npm.push(...contents.npm ?? [])
    all.pypi.push(...contents.pypi ?? [])
    all.maven.push(...contents.maven ?? [])
  }
  return all
}

/**
 * @param {string} file
 * @param {string} shown file name to show in error messages
 * @returns {Promise<unknown>}
 */
async function readJson (file, shown) {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`${shown}: ${/** @type {Error} */ (error).message}`, { cause: error })
  }
}
