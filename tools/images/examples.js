import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { CASES } from './check-language.js'

/** Expected results that apply to all languages. @type {Record<string, import('./language.js').Example>} */
const DEFAULTS = {
  stdin: { stdin: 'Ada\n', stdout: 'Ada\n' },
  exit: { exitCode: 3 },
  stderr: { stdout: '', stderr: 'oops\n' },
  two: { stdout: 'hello two\n' }
}
const PAYLOAD = /** @type {const} */ (['language', 'stdin', 'args', 'env', 'command', 'runInstructions', 'limits'])
const IMAGE_FILES = '/opt/runonce'

/**
 * @typedef {import('./language.js').Language} Language
 * @typedef {import('./language.js').Example} Example
 * @typedef {{name: string, content: string}} File
 * @typedef {object} Case
 * @property {string} name
 * @property {{files: File[], [field: string]: unknown}} payload
 * @property {Example} expected
 *
 * @typedef {object} Result the fields of a run result that are checked
 * @property {string} stdout
 * @property {string} stderr
 * @property {string} error
 * @property {number | null} exitCode
 * @property {string} outcome
 */

/**
 * Reads the hello program and the example programs of a language.
 * @param {{language: Language, dir: string, hello: string, required?: string[]}} folder `required` lists the mandatory examples
 * @returns {Promise<{cases: Case[], errors: string[]}>} `errors` has one message per error in the folder
 */
export async function readExamples ({ language, dir, hello, required = CASES }) {
  const expectations = language.examples ?? {}
  const programs = await readPrograms(path.join(dir, 'examples'))
  const names = new Set([...required, ...Object.keys(expectations), ...programs.keys()])
  const cases = [caseOf('hello', [{ name: language.main, content: hello }], {})]
  const errors = []
  for (const name of names) {
    const expected = expectations[name]
    const program = programs.get(name)
    if (expected?.without !== undefined) {
      if (program !== undefined) errors.push(`examples/${name}: exists, but language.json gives a reason for its absence`)
      continue
    }
    const main = expected?.main ?? language.main
    const files = program?.map((file) => file.name === '' ? { ...file, name: main } : file)
    if (files === undefined && CASES.includes(name)) errors.push(`examples/${name}: is missing, and language.json gives no reason`)
    else if (name === 'broken' && expected === undefined) errors.push('examples.broken: is missing in language.json')
    else if (expected === undefined && !CASES.includes(name)) errors.push(`examples.${name}: is missing in language.json`)
    else if (files !== undefined && files.length > 1 && !files.some((file) => file.name === main)) errors.push(`examples/${name}: has no ${main}`)
    else if (name === 'two' && files?.length === 1) errors.push('examples/two: must have more than one file')
    else cases.push(caseOf(name, mainFirst(files ?? [{ name: main, content: hello }], main), expected ?? {}))
  }
  return { cases, errors }
}

/**
 * @param {string} name
 * @param {File[]} files
 * @param {Example} example
 * @returns {Case}
 */
function caseOf (name, files, example) {
  const expected = { ...DEFAULTS[name], ...example }
  /** @type {Case['payload']} */
  const payload = { files }
  for (const field of PAYLOAD) if (expected[field] !== undefined) payload[field] = expected[field]
  return { name, payload, expected }
}

/**
 * @param {string} dir
 * @returns {Promise<Map<string, File[]>>} the files of each case; the file of a single-file case has no name yet
 */
async function readPrograms (dir) {
  /** @type {Map<string, File[]>} */
  const programs = new Map()
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const file = path.join(dir, entry.name)
    if (entry.isDirectory()) programs.set(entry.name, await readFolder(file))
    else programs.set(entry.name.split('.')[0] ?? '', [{ name: '', content: await readFile(file, 'utf8') }])
  }
  return programs
}

/** @param {string} dir */
async function readFolder (dir) {
  const entries = (await readdir(dir, { withFileTypes: true, recursive: true })).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort()
  return await Promise.all(paths.map(async (file) => ({
    name: path.relative(dir, file).replaceAll(path.sep, '/'), content: await readFile(file, 'utf8')
  })))
}

/**
 * @param {File[]} files
 * @param {string} main
 */
function mainFirst (files, main) {
  return [...files.filter((file) => file.name === main), ...files.filter((file) => file.name !== main)]
}

/**
 * Compares a result with the expectations of a case.
 * @param {Case} example
 * @param {Result} result
 * @returns {string[]} one message per difference
 */
export function resultErrors ({ name, expected }, result) {
  const output = result.stdout + result.stderr
  const errors = []
  if (name === 'hello') {
    if (!/^Hello World!\n?$/.test(result.stdout)) errors.push(differs('stdout', 'Hello World!\n', result.stdout))
  } else if (expected.stdout !== undefined && result.stdout !== expected.stdout) {
    errors.push(differs('stdout', expected.stdout, result.stdout))
  }
  const fails = name === 'broken' || (expected.exitCode ?? 0) !== 0 || (expected.outcome ?? 'completed') !== 'completed'
  const stderr = expected.stderr ?? (fails ? undefined : '')
  if (stderr !== undefined && result.stderr !== stderr) errors.push(differs('stderr', stderr, result.stderr))
  const exitCode = expected.exitCode ?? (fails ? undefined : 0)
  const error = expected.error ?? (exitCode === undefined ? undefined : exitCode === 0 ? '' : `Exit code: ${exitCode}`)
  if (error !== undefined && result.error !== error) errors.push(differs('error', error, result.error))
  if (exitCode !== undefined && result.exitCode !== exitCode) errors.push(differs('exitCode', exitCode, result.exitCode))
  const outcomes = expected.outcome !== undefined ? [expected.outcome] : name === 'broken' ? ['build_failed', 'failed'] : [fails ? 'failed' : 'completed']
  if (!outcomes.includes(result.outcome)) errors.push(differs('outcome', outcomes.join(' or '), result.outcome))
  if (expected.message !== undefined && !output.includes(expected.message)) {
    errors.push(`neither stdout nor stderr contains ${JSON.stringify(expected.message)}: ${JSON.stringify(output)}`)
  }
  if (output.includes(IMAGE_FILES)) errors.push(`the output contains a path of the image's own files: ${JSON.stringify(output)}`)
  return errors
}

/**
 * @param {string} field
 * @param {unknown} wanted
 * @param {unknown} got
 */
function differs (field, wanted, got) {
  return `${field} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`
}
