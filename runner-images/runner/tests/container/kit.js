// Runs the real binary as process 1 of containers, through the docker command.
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const IMAGE = 'runonce-check/runner'
const HERE = fileURLToPath(new URL('.', import.meta.url))
const RUNNER = fileURLToPath(new URL('../../out/runner', import.meta.url))
const CONTEXT = fileURLToPath(new URL('../../out/container', import.meta.url))

/** A program that runs by sh; the other languages take its place by a volume. */
const SHELL = { name: 'shell', aliases: ['sh'], run: ['sh', '{main}'], env: { LANGUAGE_SET: 'yes' } }
const STARTER = (/** @type {string[]} */ ...args) => ({ ...SHELL, warm: ['/programs/starter', ...args] })
const LANGUAGES = {
  built: { name: 'built', build: [['sh', '-n', '{main}'], ['cp', '{main}', '{stem}.built']], run: ['sh', '{stem}.built'] },
  missing: { name: 'missing', run: ['no-such-interpreter', '{main}'] },
  broken: { name: 'broken' },
  warm: STARTER('plain'),
  'warm-slow': STARTER('slow'),
  'warm-build': { ...STARTER('build'), build: [['sh', '-n', '{main}']] },
  'warm-dies': STARTER('dies'),
  'warm-hangs': STARTER('hangs'),
  'warm-refuses': STARTER('refuses'),
  'warm-wrong': STARTER('wrong'),
  'warm-crashes': STARTER('crashes')
}

/**
 * @typedef {Record<string, any>} Result
 * @typedef {object} Ended
 * @property {Result | undefined} result the one object on stdout
 * @property {string} stdout
 * @property {string} stderr
 * @property {number | null} code
 * @property {number} ms from the start of the docker command to its end
 */

/** Compiles the test programs and builds the image, once. */
export function buildImage () {
  rmSync(CONTEXT, { recursive: true, force: true })
  mkdirSync(`${CONTEXT}/programs`, { recursive: true })
  mkdirSync(`${CONTEXT}/languages`)
  for (const file of readdirSync(`${HERE}programs`)) {
    const name = file.replace(/\.c$/, '')
    execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-static', '-D_GNU_SOURCE', '-o', `${CONTEXT}/programs/${name}`, `${HERE}programs/${file}`])
  }
  for (const [name, language] of Object.entries(LANGUAGES)) writeFileSync(`${CONTEXT}/languages/${name}.json`, JSON.stringify(language))
  writeFileSync(`${CONTEXT}/language.json`, JSON.stringify(SHELL))
  copyFileSync(`${HERE}Dockerfile`, `${CONTEXT}/Dockerfile`)
  copyFileSync(RUNNER, `${CONTEXT}/runner`)
  docker('build', '--quiet', '--network', 'none', '--tag', IMAGE, CONTEXT)
}

export function removeImage () {
  docker('rmi', '--force', IMAGE)
}

/** @param {string[]} args @returns {string} */
export function docker (...args) {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What a service gives its containers; `[]` is `docker run` with no settings at all, but for the network. */
export const STRICT = [
  '--user', '10001:10001', '--read-only', '--tmpfs', '/work:rw,exec,mode=1777', '--tmpfs', '/tmp', '--cap-drop', 'ALL',
  '--security-opt', 'no-new-privileges', '--memory', '256m', '--memory-swap', '256m', '--pids-limit', '128', '--env', 'RUNONCE_WORK_DIR=/work'
]

/**
 * A container that waits; `--volume` swaps the language.
 * @param {{ settings?: string[], language?: keyof typeof LANGUAGES, env?: Record<string, string> }} [options]
 */
export function start ({ settings = STRICT, language, env = {} } = {}) {
  const started = performance.now()
  const volume = language === undefined ? [] : ['--volume', `${CONTEXT}/languages/${language}.json:/etc/runonce/language.json:ro`]
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const child = spawn('docker', ['run', '--interactive', '--rm', '--network', 'none', ...settings, ...volume, ...variables, IMAGE])
  /** @type {{ stdout: Buffer[], stderr: Buffer[] }} */
  const chunks = { stdout: [], stderr: [] }
  child.stdout.on('data', (chunk) => chunks.stdout.push(chunk))
  child.stderr.on('data', (chunk) => chunks.stderr.push(chunk))
  child.stdin.on('error', () => {}) // a container that has answered reads no more
  /** @type {Promise<Ended>} */
  const ended = new Promise((resolve) => child.on('close', (code) => {
    const text = stdout()
    resolve({ stdout: text, stderr: Buffer.concat(chunks.stderr).toString('utf8'), code, ms: performance.now() - started, result: parse(text) })
  }))
  const stdout = () => Buffer.concat(chunks.stdout).toString('utf8')
  return { child, ended, stdout }
}

/**
 * Gives a container its payload and waits for its end. The result must be one line and all there is.
 * @param {unknown} payload an object, or text as it is
 * @param {Parameters<typeof start>[0] & { open?: boolean }} [options] open: stdin stays open
 * @returns {Promise<Ended & { result: Result }>}
 */
export async function run (payload, { open = false, ...options } = {}) {
  const { child, ended } = start(options)
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  if (open) child.stdin.write(text)
  else child.stdin.end(text)
  const end = await ended
  if (end.result === undefined || end.stderr !== '' || end.code !== 0) throw new Error(`no result: ${JSON.stringify(end).slice(0, 2000)}`)
  return /** @type {Ended & { result: Result }} */ (end)
}

/**
 * A shell program.
 * @param {string} code
 * @param {object} [more] further fields of the payload
 * @param {Parameters<typeof run>[1]} [options]
 */
export async function sh (code, more = {}, options = {}) {
  const { result } = await run({ files: [{ name: 'main.sh', content: code }], ...more }, options)
  return result
}

/** @param {() => boolean} condition @param {number} [ms] */
export async function until (condition, ms = 15_000) {
  const deadline = performance.now() + ms
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** @param {string} stdout @returns {Result | undefined} */
function parse (stdout) {
  if (!stdout.endsWith('}\n') || stdout.trimStart().indexOf('\n') !== stdout.trimStart().length - 1) return undefined
  return JSON.parse(stdout)
}
