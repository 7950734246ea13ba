/**
 * @typedef {(value: unknown) => boolean} Check
 * @typedef {Record<string, {check: Check, mustBe: string, required?: boolean}>} Fields
 */

/** @type {Check} */
const isText = (value) => typeof value === 'string' && value !== ''
/** @type {Check} */
const isTexts = (value) => Array.isArray(value) && value.every(isText)
/** @type {Check} */
const isCommand = (value) => Array.isArray(value) && isText(value[0]) && value.every((each) => typeof each === 'string')
/** @type {Check} */
const isCommands = (value) => Array.isArray(value) && value.every(isCommand)
/** @type {Check} */
const isName = (value) => typeof value === 'string' && /^[a-z0-9][a-z0-9+#._-]*$/.test(value)
/** @type {Check} */
const isNames = (value) => Array.isArray(value) && value.every(isName)
/** @type {Check} */
const isCount = (value) => Number.isSafeInteger(value) && Number(value) > 0
/** @type {Check} */
const isFlag = (value) => typeof value === 'boolean'
/** @type {Check} */
export const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
/** @type {(each: Check) => Check} */
const isRecordOf = (each) => (value) => isRecord(value) && Object.values(/** @type {object} */ (value)).every(each)
/** @type {(each: Check) => Check} */
const isOneOrPerArch = (each) => (value) => each(value) || isRecordOf(each)(value)
/** @type {(pattern: RegExp) => Check} */
const matches = (pattern) => (value) => typeof value === 'string' && pattern.test(value)
/** @type {(pattern: RegExp) => Check} */
const allMatch = (pattern) => (value) => Array.isArray(value) && value.every(matches(pattern))
/** @type {Check} */
const isPlainText = (value) => typeof value === 'string'

const isVersion = matches(/^\d[\w.+!-]*$/)

/** The fields that list the packages of an image. They are valid in language.json, and are the only valid fields of shared.json. @type {Fields} */
export const CONTENT_FIELDS = {
  packages: { check: allMatch(/^[a-z0-9][a-z0-9+.:-]*$/), mustBe: 'a list of Debian package names' },
  exclude: { check: allMatch(/^\/[\w.*?/+-]+$/), mustBe: 'a list of absolute path patterns' },
  npm: { check: Array.isArray, mustBe: 'a list of packages' },
  pypi: { check: Array.isArray, mustBe: 'a list of packages' },
  maven: { check: Array.isArray, mustBe: 'a list of artifacts' }
}

/** The fields of a language that a package set may override. @type {Fields} */
const REPLACEABLE_FIELDS = {
  aliases: { check: isNames, mustBe: 'a list of lower-case names' },
  warm: { check: isCommand, mustBe: 'an argument list' },
  env: { check: isRecordOf(isPlainText), mustBe: 'an object of strings' },
  memory: { check: isCount, mustBe: 'a number of bytes' },
  processes: { check: isCount, mustBe: 'a number of processes' },
  examples: { check: isRecord, mustBe: 'an object of expectations, one for each example program' }
}

/** @type {Fields} */
export const LANGUAGE_FIELDS = {
  name: { check: isName, mustBe: 'a lower-case name', required: true },
  ...CONTENT_FIELDS,
  ...REPLACEABLE_FIELDS,
  also: { check: isRecordOf(isCommands), mustBe: 'an object with a list of build commands for each additional language' },
  listed: { check: isNames, mustBe: 'a list of lower-case names' },
  glot: { check: isName, mustBe: 'the name of glot\'s image' },
  main: { check: isText, mustBe: 'a file name', required: true },
  version: { check: isText, mustBe: 'a shell command', required: true },
  build: { check: isCommands, mustBe: 'a list of argument lists' },
  run: { check: isCommand, mustBe: 'an argument list', required: true },
  strip: { check: allMatch(/^(bom|crlf)$/), mustBe: 'a list that contains "bom" or "crlf"' },
  shared: { check: isNames, mustBe: 'a list of folder names in shared/' },
  fixedHeap: { check: isFlag, mustBe: 'true or false' },
  interactive: { check: isFlag, mustBe: 'true or false' },
  first: { check: isFlag, mustBe: 'true or false' }
}

/** The fields of a package set. @type {Fields} */
export const SET_FIELDS = {
  ...REPLACEABLE_FIELDS,
  base: { check: isName, mustBe: 'the name of a language', required: true },
  pypi: { check: Array.isArray, mustBe: 'a list of packages', required: true },
  setup: { check: isTexts, mustBe: 'a list of shell commands' }
}

const files = { check: isTexts, mustBe: 'a list of paths in the package' }
const version = { check: isVersion, mustBe: 'an exact version', required: true }
const sha256 = {
  check: isOneOrPerArch(matches(/^[0-9a-f]{64}$/)),
  mustBe: 'a sha256 in hex, or an object with one for each architecture',
  required: true
}

/** @type {Record<'npm' | 'pypi' | 'maven', Fields>} */
export const ARTIFACT_FIELDS = {
  npm: {
    name: { check: isText, mustBe: 'a package name', required: true },
    version: { ...version, check: matches(/^\d+\.\d+\.\d+/) },
    integrity: {
      check: isOneOrPerArch(matches(/^sha512-[A-Za-z0-9+/]{86}==$/)),
      mustBe: 'a sha512 integrity, or an object with one for each architecture',
      required: true
    },
    files: { check: isTexts, mustBe: 'a list of names in the top folder of the package' }
  },
  pypi: {
    name: { check: matches(/^[A-Za-z0-9][\w.-]*$/), mustBe: 'a package name', required: true }, version, sha256, files
  },
  maven: {
    artifact: { check: matches(/^[\w.-]+:[\w.-]+:\d[\w.+-]*$/), mustBe: 'group:name:version', required: true },
    sha256: { ...sha256, check: matches(/^[0-9a-f]{64}$/), mustBe: 'a sha256 in hex' }
  }
}

/** The fields that describe the payload and the expected result of an example. @type {Fields} */
export const EXAMPLE_FIELDS = {
  without: { check: isText, mustBe: 'the reason why the language has no such example' },
  main: { check: isText, mustBe: 'a file name' },
  language: { check: isText, mustBe: 'a language or alias of the image' },
  stdin: { check: isPlainText, mustBe: 'a string' },
  args: { check: (value) => Array.isArray(value) && value.every(isPlainText), mustBe: 'a list of strings' },
  env: { check: isRecordOf(isPlainText), mustBe: 'an object of strings' },
  command: { check: isText, mustBe: 'a shell command' },
  runInstructions: { check: isRecord, mustBe: 'an object, as in a payload' },
  limits: { check: isRecord, mustBe: 'an object, as in a payload' },
  message: { check: isText, mustBe: 'a text that the output contains' },
  stdout: { check: isPlainText, mustBe: 'a string' },
  stderr: { check: isPlainText, mustBe: 'a string' },
  error: { check: isPlainText, mustBe: 'a string' },
  exitCode: { check: (value) => Number.isSafeInteger(value) && Number(value) >= 0, mustBe: 'an exit code' },
  outcome: { check: isText, mustBe: 'an outcome' }
}

/**
 * Checks the fields of an object.
 * @param {Record<string, unknown>} value
 * @param {Fields} fields
 * @param {string} prefix prefix of each field name in messages
 * @returns {string[]} one message per error
 */
export function fieldErrors (value, fields, prefix) {
  const errors = []
  for (const [name, field] of Object.entries(fields)) {
    if (value[name] === undefined) {
      if (field.required) errors.push(`${prefix}${name}: is missing; must be ${field.mustBe}`)
    } else if (!field.check(value[name])) {
      errors.push(`${prefix}${name}: must be ${field.mustBe}, got ${JSON.stringify(value[name])}`)
    }
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) errors.push(`${prefix}${name}: unknown field; the valid fields are ${Object.keys(fields).join(', ')}`)
  }
  return errors
}
