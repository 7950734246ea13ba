import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'

/**
 * @typedef {object} NpmPackage
 * @property {string} name `{arch}` in it stands for x64 or arm64
 * @property {string} version
 * @property {string | Record<string, string>} integrity one, or one for each architecture
 * @property {string[]} [files] what to keep of its top folder; absent: all
 *
 * @typedef {object} Language
 * @property {string} name
 * @property {string[]} [aliases]
 * @property {string[]} [listed]
 * @property {string} main
 * @property {string} version
 * @property {string[][]} [build]
 * @property {string[]} run
 * @property {Record<string, string>} [env]
 * @property {string[]} [packages]
 * @property {string[]} [exclude]
 * @property {NpmPackage[]} [npm]
 * @property {number} [memory] bytes
 * @property {number} [processes]
 * @property {boolean} [interactive]
 * @property {string[]} [warm]
 */

/** @typedef {(value: unknown) => boolean} Check */
/** @type {Check} */
const isText = (value) => typeof value === 'string' && value !== ''
/** @type {Check} */
const isTexts = (value) => Array.isArray(value) && value.every(isText)
/** @type {Check} */
const isCommand = (value) => isTexts(value) && /** @type {string[]} */ (value).length > 0
/** @type {Check} */
const isName = (value) => typeof value === 'string' && /^[a-z0-9][a-z0-9+#._-]*$/.test(value)
/** @type {Check} */
const isCount = (value) => Number.isSafeInteger(value) && Number(value) > 0
/** @type {Check} */
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
/** @type {Check} */
const isTextRecord = (value) => isRecord(value) && Object.values(/** @type {object} */ (value)).every((each) => typeof each === 'string')
/** @type {Check} */
const isIntegrity = (value) => typeof value === 'string' && /^sha512-[A-Za-z0-9+/]{86}==$/.test(value)

/** @type {Record<string, {check: Check, takes: string, required?: boolean}>} */
const FIELDS = {
  name: { check: isName, takes: 'a lower-case name', required: true },
  aliases: { check: (value) => Array.isArray(value) && value.every(isName), takes: 'a list of lower-case names' },
  listed: { check: (value) => Array.isArray(value) && value.every(isName), takes: 'a list of lower-case names' },
  main: { check: isText, takes: 'a file name', required: true },
  version: { check: isText, takes: 'a shell command', required: true },
  build: { check: (value) => Array.isArray(value) && value.every(isCommand), takes: 'a list of argument lists' },
  run: { check: isCommand, takes: 'an argument list', required: true },
  warm: { check: isCommand, takes: 'an argument list' },
  env: { check: isTextRecord, takes: 'an object of texts' },
  packages: { check: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string' && /^[a-z0-9][a-z0-9+.:-]*$/.test(each)), takes: 'a list of Debian package names' },
  exclude: { check: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string' && /^\/[\w.*?/+-]+$/.test(each)), takes: 'a list of absolute path patterns' },
  npm: { check: Array.isArray, takes: 'a list of packages' },
  memory: { check: isCount, takes: 'a number of bytes' },
  processes: { check: isCount, takes: 'a number of processes' },
  interactive: { check: (value) => typeof value === 'boolean', takes: 'true or false' }
}

/** @type {typeof FIELDS} */
const NPM_FIELDS = {
  name: { check: isText, takes: 'a package name', required: true },
  version: { check: (value) => typeof value === 'string' && /^\d+\.\d+\.\d+/.test(value), takes: 'one exact version', required: true },
  integrity: {
    check: (value) => isIntegrity(value) || (isRecord(value) && Object.values(/** @type {object} */ (value)).every(isIntegrity)),
    takes: 'a sha512 integrity, or an object of one for each architecture',
    required: true
  },
  files: { check: isTexts, takes: 'a list of names in its top folder' }
}

/**
 * Faults of a parsed language.json, one sentence each; none when it is right.
 * @param {unknown} value
 * @param {string} folder the folder's name, which the language has to be called after
 * @returns {string[]}
 */
export function languageFaults (value, folder) {
  if (!isRecord(value)) return ['it is no JSON object']
  const language = /** @type {Record<string, any>} */ (value)
  const faults = fieldFaults(language, FIELDS, '')
  if (faults.length > 0) return faults
  if (language.name !== folder) faults.push(`name: is "${language.name}", but the folder is ${folder}`)
  for (const name of language.listed ?? []) {
    if (!(language.aliases ?? []).includes(name)) faults.push(`listed: "${name}" is none of the aliases`)
  }
  for (const [index, entry] of (language.npm ?? []).entries()) {
    if (!isRecord(entry)) faults.push(`npm[${index}]: takes an object`)
    else faults.push(...fieldFaults(entry, NPM_FIELDS, `npm[${index}].`), ...archFaults(entry, index))
  }
  return faults
}

/**
 * @param {Record<string, unknown>} value
 * @param {typeof FIELDS} fields
 * @param {string} prefix
 */
function fieldFaults (value, fields, prefix) {
  const faults = []
  for (const [name, field] of Object.entries(fields)) {
    if (value[name] === undefined) {
      if (field.required) faults.push(`${prefix}${name}: is missing; takes ${field.takes}`)
    } else if (!field.check(value[name])) {
      faults.push(`${prefix}${name}: takes ${field.takes}, got ${JSON.stringify(value[name])}`)
    }
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) faults.push(`${prefix}${name}: no such field (there are ${Object.keys(fields).join(', ')})`)
  }
  return faults
}

/**
 * @param {Record<string, unknown>} entry
 * @param {number} index
 */
function archFaults (entry, index) {
  const perArch = String(entry.name).includes('{arch}')
  if (perArch === isRecord(entry.integrity)) return []
  return [perArch
    ? `npm[${index}].integrity: takes one for each architecture, since the name has {arch}`
    : `npm[${index}].integrity: takes one text, since the name has no {arch}`]
}

/**
 * @param {string} languagesDir
 * @returns {Promise<string[]>} the folders that hold a language.json, sorted
 */
export async function listLanguages (languagesDir) {
  const entries = await readdir(languagesDir, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
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
  const file = path.join(dir, 'language.json')
  /** @type {unknown} */
  let value
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`${name}/language.json: ${/** @type {Error} */ (error).message}`, { cause: error })
  }
  const faults = languageFaults(value, name)
  const hellos = (await readdir(dir)).filter((each) => each.startsWith('hello.'))
  if (hellos.length !== 1) faults.push(`the folder takes one hello.* program, has ${hellos.length}`)
  if (faults.length > 0) throw new Error(faults.map((fault) => `${name}/language.json: ${fault}`).join('\n'))
  return { language: /** @type {Language} */ (value), dir, hello: await readFile(path.join(dir, hellos[0] ?? ''), 'utf8') }
}
