/**
 * @typedef {(value: unknown) => boolean} Check
 * @typedef {Record<string, {check: Check, takes: string, required?: boolean}>} Fields
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

/** What an image gets put in beside its own folder; a shared folder's shared.json takes these alone. @type {Fields} */
export const CONTENT_FIELDS = {
  packages: { check: allMatch(/^[a-z0-9][a-z0-9+.:-]*$/), takes: 'a list of Debian package names' },
  exclude: { check: allMatch(/^\/[\w.*?/+-]+$/), takes: 'a list of absolute path patterns' },
  npm: { check: Array.isArray, takes: 'a list of packages' },
  pypi: { check: Array.isArray, takes: 'a list of packages' },
  maven: { check: Array.isArray, takes: 'a list of artifacts' }
}

/** @type {Fields} */
export const LANGUAGE_FIELDS = {
  name: { check: isName, takes: 'a lower-case name', required: true },
  aliases: { check: isNames, takes: 'a list of lower-case names' },
  also: { check: isRecordOf(isCommands), takes: 'an object of build commands, one list for each further language' },
  listed: { check: isNames, takes: 'a list of lower-case names' },
  glot: { check: isName, takes: 'the name of glot\'s image' },
  main: { check: isText, takes: 'a file name', required: true },
  version: { check: isText, takes: 'a shell command', required: true },
  build: { check: isCommands, takes: 'a list of argument lists' },
  run: { check: isCommand, takes: 'an argument list', required: true },
  warm: { check: isCommand, takes: 'an argument list' },
  env: { check: isRecordOf(isPlainText), takes: 'an object of texts' },
  ...CONTENT_FIELDS,
  shared: { check: isNames, takes: 'a list of folders of shared/' },
  memory: { check: isCount, takes: 'a number of bytes' },
  processes: { check: isCount, takes: 'a number of processes' },
  interactive: { check: isFlag, takes: 'true or false' },
  first: { check: isFlag, takes: 'true or false' },
  examples: { check: isRecord, takes: 'an object of expectations, one for each example program' }
}

const files = { check: isTexts, takes: 'a list of paths in it' }
const version = { check: isVersion, takes: 'one exact version', required: true }
const sha256 = {
  check: isOneOrPerArch(matches(/^[0-9a-f]{64}$/)),
  takes: 'a sha256 in hex, or an object of one for each architecture',
  required: true
}

/** @type {Record<'npm' | 'pypi' | 'maven', Fields>} */
export const ARTIFACT_FIELDS = {
  npm: {
    name: { check: isText, takes: 'a package name', required: true },
    version: { ...version, check: matches(/^\d+\.\d+\.\d+/) },
    integrity: {
      check: isOneOrPerArch(matches(/^sha512-[A-Za-z0-9+/]{86}==$/)),
      takes: 'a sha512 integrity, or an object of one for each architecture',
      required: true
    },
    files: { check: isTexts, takes: 'a list of names in its top folder' }
  },
  pypi: {
    name: { check: matches(/^[A-Za-z0-9][\w.-]*$/), takes: 'a package name', required: true }, version, sha256, files
  },
  maven: {
    artifact: { check: matches(/^[\w.-]+:[\w.-]+:\d[\w.+-]*$/), takes: 'group:name:version', required: true },
    sha256: { ...sha256, check: matches(/^[0-9a-f]{64}$/), takes: 'a sha256 in hex' }
  }
}

/** What an example is given, and what is expected of it. @type {Fields} */
export const EXAMPLE_FIELDS = {
  without: { check: isText, takes: 'the reason why the language can\'t, in words' },
  main: { check: isText, takes: 'a file name' },
  language: { check: isText, takes: 'a language that the image answers to' },
  stdin: { check: isPlainText, takes: 'a text' },
  args: { check: (value) => Array.isArray(value) && value.every(isPlainText), takes: 'a list of texts' },
  env: { check: isRecordOf(isPlainText), takes: 'an object of texts' },
  command: { check: isText, takes: 'a shell command' },
  runInstructions: { check: isRecord, takes: 'an object, as in a payload' },
  message: { check: isText, takes: 'a text that the output holds' },
  stdout: { check: isPlainText, takes: 'a text' },
  stderr: { check: isPlainText, takes: 'a text' },
  error: { check: isPlainText, takes: 'a text' },
  exitCode: { check: (value) => Number.isSafeInteger(value) && Number(value) >= 0, takes: 'an exit code' },
  outcome: { check: isText, takes: 'an outcome' }
}

/**
 * @param {Record<string, unknown>} value
 * @param {Fields} fields
 * @param {string} prefix what stands before each field's name in a fault
 * @returns {string[]} one sentence for each fault
 */
export function fieldFaults (value, fields, prefix) {
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
