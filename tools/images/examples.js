import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { CASES } from './faults.js'

/** What a language's own case expects beside what is said here for all. @type {Record<string, import('./language.js').Example>} */
const DEFAULTS = {
  stdin: { stdin: 'Ada\n', stdout: 'Ada\n' },
  exit: { exitCode: 3 },
  stderr: { stdout: '', stderr: 'oops\n' },
  two: { stdout: 'hello two\n' }
}
const PAYLOAD = /** @type {const} */ (['language', 'stdin', 'args', 'env', 'command', 'runInstructions'])
const PLACES_OF_OURS = '/opt/runonce'

/**
 * @typedef {import('./language.js').Language} Language
 * @typedef {import('./language.js').Example} Example
 * @typedef {{name: string, content: string}} File
 * @typedef {object} Case
 * @property {string} name
 * @property {{files: File[], [field: string]: unknown}} payload
 * @property {Example} expected
 *
 * @typedef {object} Result what of a run's result is looked at
 * @property {string} stdout
 * @property {string} stderr
 * @property {string} error
 * @property {number | null} exitCode
 * @property {string} outcome
 */

/**
 * A language's hello and its example programs, as they are to be sent.
 * @param {{language: Language, dir: string, hello: string}} folder
 * @returns {Promise<{cases: Case[], faults: string[]}>} faults: what the folder lacks, one sentence each
 */
export async function readExamples ({ language, dir, hello }) {
  const expectations = language.examples ?? {}
  const programs = await readPrograms(path.join(dir, 'examples'))
  const names = new Set([...CASES, ...Object.keys(expectations), ...programs.keys()])
  const cases = [caseOf('hello', [{ name: language.main, content: hello }], {})]
  const faults = []
  for (const name of names) {
    const expected = expectations[name]
    const program = programs.get(name)
    if (expected?.without !== undefined) {
      if (program !== undefined) faults.push(`examples/${name}: is there, although language.json says why it can't be`)
      continue
    }
    const main = expected?.main ?? language.main
    const files = program?.map((file) => file.name === '' ? { ...file, name: main } : file)
    if (files === undefined && CASES.includes(name)) faults.push(`examples/${name}: is missing, and language.json does not say why`)
    else if (name === 'broken' && expected === undefined) faults.push('examples.broken: is missing in language.json')
    else if (expected === undefined && !CASES.includes(name)) faults.push(`examples.${name}: is missing in language.json`)
    else if (files !== undefined && files.length > 1 && !files.some((file) => file.name === main)) faults.push(`examples/${name}: has no ${main}`)
    else if (name === 'two' && files?.length === 1) faults.push('examples/two: is one file')
    else cases.push(caseOf(name, mainFirst(files ?? [{ name: main, content: hello }], main), expected ?? {}))
  }
  return { cases, faults }
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
 * @returns {Promise<Map<string, File[]>>} by case; the file of a one-file case has no name yet
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
 * What is wrong with a case's result, one sentence each; none when it is as expected.
 * @param {Case} example
 * @param {Result} result
 * @returns {string[]}
 */
export function resultFaults ({ name, expected }, result) {
  const output = result.stdout + result.stderr
  const faults = []
  if (name === 'hello') {
    if (!/^Hello World!\n?$/.test(result.stdout)) faults.push(differs('stdout', 'Hello World!\n', result.stdout))
  } else if (expected.stdout !== undefined && result.stdout !== expected.stdout) {
    faults.push(differs('stdout', expected.stdout, result.stdout))
  }
  const fails = name === 'broken' || (expected.exitCode ?? 0) !== 0
  const stderr = expected.stderr ?? (fails ? undefined : '')
  if (stderr !== undefined && result.stderr !== stderr) faults.push(differs('stderr', stderr, result.stderr))
  const exitCode = expected.exitCode ?? (fails ? undefined : 0)
  const error = expected.error ?? (exitCode === undefined ? undefined : exitCode === 0 ? '' : `Exit code: ${exitCode}`)
  if (error !== undefined && result.error !== error) faults.push(differs('error', error, result.error))
  if (exitCode !== undefined && result.exitCode !== exitCode) faults.push(differs('exitCode', exitCode, result.exitCode))
  const outcomes = expected.outcome !== undefined ? [expected.outcome] : name === 'broken' ? ['build_failed', 'failed'] : [fails ? 'failed' : 'completed']
  if (!outcomes.includes(result.outcome)) faults.push(differs('outcome', outcomes.join(' or '), result.outcome))
  if (expected.message !== undefined && !output.includes(expected.message)) {
    faults.push(`neither stdout nor stderr says ${JSON.stringify(expected.message)}: ${JSON.stringify(output)}`)
  }
  if (output.includes(PLACES_OF_OURS)) faults.push(`the output names a path of ours: ${JSON.stringify(output)}`)
  return faults
}

/**
 * @param {string} field
 * @param {unknown} wanted
 * @param {unknown} got
 */
function differs (field, wanted, got) {
  return `${field} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`
}
