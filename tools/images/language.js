import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { languageFaults, sharedFaults } from './faults.js'

/**
 * @typedef {object} NpmPackage
 * @property {string} name `{arch}` in it stands for x64 or arm64
 * @property {string} version
 * @property {string | Record<string, string>} integrity one, or one for each architecture
 * @property {string[]} [files] what to keep of its top folder; absent: all
 *
 * @typedef {object} PypiPackage
 * @property {string} name
 * @property {string} version
 * @property {string | Record<string, string>} sha256 of the wheel: one, or one for each architecture
 * @property {string[]} [files] what to keep of it; absent: all
 *
 * @typedef {object} MavenArtifact
 * @property {string} artifact group:name:version
 * @property {string} sha256
 *
 * @typedef {object} Contents what an image gets beside its folder
 * @property {string[]} [packages]
 * @property {string[]} [exclude]
 * @property {NpmPackage[]} [npm]
 * @property {PypiPackage[]} [pypi]
 * @property {MavenArtifact[]} [maven]
 *
 * @typedef {object} Example
 * @property {string} [without]
 * @property {string} [main] name of the main file where it is another than the language's
 * @property {string} [language] as the payload names it
 * @property {string} [stdin]
 * @property {string[]} [args]
 * @property {Record<string, string>} [env]
 * @property {string} [command]
 * @property {object} [runInstructions]
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
 * @property {string} [glot] name of glot's image where it is another
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
 * @property {boolean} [first]
 * @property {Record<string, Example>} [examples]
 *
 * @typedef {OwnFields & Contents} Language
 */

/** Where the repository has its languages. */
export const LANGUAGES = fileURLToPath(new URL('../../runner-images/languages', import.meta.url))

/** What of a language's folder stays out of its image: changed, it rebuilds nothing. */
const NOT_IN_IMAGE = { fields: ['examples', 'first', 'glot'], files: new Set(['examples', 'README.md']) }

/**
 * @param {string} file relative to a language's or a shared folder
 * @returns {boolean} whether it goes into the image
 */
export function isInImage (file) {
  return !NOT_IN_IMAGE.files.has(file.split(path.sep)[0] ?? '')
}

/**
 * language.json as the image has it: without what only the host reads.
 * @param {object} language
 * @returns {string}
 */
export function imageJson (language) {
  return JSON.stringify(Object.fromEntries(Object.entries(language).filter(([name]) => !NOT_IN_IMAGE.fields.includes(name))), null, 2) + '\n'
}

/**
 * @param {string} languagesDir
 * @returns {Promise<string[]>} the folders that hold a language.json, sorted
 */
export async function listLanguages (languagesDir) {
  const names = (await readdir(languagesDir)).sort()
  return names.filter((name) => existsSync(path.join(languagesDir, name, 'language.json')))
}

/**
 * What the folders tell of their languages, without building anything.
 * @param {string} [languagesDir]
 * @returns {Promise<(Language | {name: string, first?: boolean, shared?: string[]})[]>} sorted; of a folder with a fault only the name: whoever builds it is told the fault
 */
export async function knownLanguages (languagesDir = LANGUAGES) {
  const names = await listLanguages(languagesDir)
  return await Promise.all(names.map((name) => readLanguage(languagesDir, name).then(({ language }) => language, () => ({ name }))))
}

/**
 * @param {string} [languagesDir]
 * @returns {Promise<string[]>} the languages that every test run takes, and that quickstart builds
 */
export async function firstLanguages (languagesDir = LANGUAGES) {
  return (await knownLanguages(languagesDir)).filter((language) => language.first === true).map((language) => language.name)
}

/**
 * Reads and checks one language's folder.
 * @param {string} languagesDir
 * @param {string} name
 * @returns {Promise<{language: Language, dir: string, hello: string}>} hello is the program's text
 * @throws Error naming the file and each fault
 */
export async function readLanguage (languagesDir, name) {
  const dir = path.join(languagesDir, name)
  const value = await readJson(path.join(dir, 'language.json'), `${name}/language.json`)
  const faults = languageFaults(value, name)
  const hellos = (await readdir(dir)).filter((each) => each.startsWith('hello.'))
  if (hellos.length !== 1) faults.push(`the folder takes one hello.* program, has ${hellos.length}`)
  if (faults.length > 0) throw new Error(faults.map((fault) => `${name}/language.json: ${fault}`).join('\n'))
  return { language: /** @type {Language} */ (value), dir, hello: await readFile(path.join(dir, hellos[0] ?? ''), 'utf8') }
}

/**
 * What the shared folders bring, put together in their order.
 * @param {string} imagesDir
 * @param {string[]} names folders of shared/
 * @returns {Promise<Required<Contents>>}
 * @throws Error naming the file and each fault
 */
export async function readShared (imagesDir, names) {
  /** @type {Required<Contents>} */
  const all = { packages: [], exclude: [], npm: [], pypi: [], maven: [] }
  for (const name of names) {
    const dir = path.join(imagesDir, 'shared', name)
    const present = await readdir(dir).catch(() => { throw new Error(`there is no folder shared/${name}`) })
    if (!present.includes('shared.json')) continue
    const value = await readJson(path.join(dir, 'shared.json'), `shared/${name}/shared.json`)
    const faults = sharedFaults(value)
    if (faults.length > 0) throw new Error(faults.map((fault) => `shared/${name}/shared.json: ${fault}`).join('\n'))
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
 * @param {string} imagesDir
 * @param {string[]} names of languages
 * @returns {Promise<string[]>} where their packages come from beside Debian: npm, pypi, maven
 */
export async function registriesOf (imagesDir, names) {
  const found = new Set()
  for (const name of names) {
    // A folder with a fault needs nothing: it is not built.
    const contents = await readLanguage(path.join(imagesDir, 'languages'), name)
      .then(async ({ language }) => [language, await readShared(imagesDir, language.shared ?? [])], () => [])
    for (const each of contents) {
      for (const kind of /** @type {const} */ (['npm', 'pypi', 'maven'])) if ((each[kind] ?? []).length > 0) found.add(kind)
    }
  }
  return [...found].sort()
}

/**
 * @param {string} file
 * @param {string} shown how a fault names it
 * @returns {Promise<unknown>}
 */
async function readJson (file, shown) {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`${shown}: ${/** @type {Error} */ (error).message}`, { cause: error })
  }
}
