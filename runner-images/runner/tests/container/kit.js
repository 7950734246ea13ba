// Runs the runner binary as process 1 of containers.
import { demultiplex } from '../../../../tools/lib/attach.js'
import { buildImage as build, CONTEXT, startContainer } from './engine.js'

export { inside, removeImage } from './engine.js'

/** A language that runs programs with sh. It is the language of the image; tests can mount a different language.json. */
const SHELL = { name: 'shell', aliases: ['sh'], run: ['sh', '{main}'], env: { LANGUAGE_SET: 'yes' } }
const STARTER = (/** @type {string[]} */ ...args) => ({ ...SHELL, warm: ['/programs/starter', ...args] })
const LANGUAGES = {
  shell: SHELL,
  built: { name: 'built', build: [['sh', '-n', '{main}'], ['cp', '{main}', '{stem}.built']], run: ['sh', '{stem}.built'] },
  missing: { name: 'missing', run: ['no-such-interpreter', '{main}'] },
  broken: { name: 'broken' },
  warm: STARTER('plain'),
  'warm-slow': STARTER('slow'),
  'warm-looks': STARTER('looks'),
  'warm-build': { ...STARTER('build'), build: [['sh', '-n', '{main}']] },
  'warm-dies': STARTER('dies'),
  'warm-hangs': STARTER('hangs'),
  'warm-refuses': STARTER('refuses'),
  'warm-wrong': STARTER('wrong'),
  'warm-crashes': STARTER('crashes'),
  'warm-stuck': STARTER('stuck'),
  'warm-build-stuck': { ...STARTER('stuck'), build: [['sh', '-n', '{main}']] }
}
const MIB = 1024 * 1024
/** Highest accepted ratio of a run's duration to its time limit, because a busy machine may delay the end. */
const LATE = 5 * Number(process.env.RUNONCE_TEST_PATIENCE || 1)

/**
 * @typedef {Record<string, any>} Result
 * @typedef {object} Ended
 * @property {Result | undefined} result the only object on stdout; undefined if stdout has any other content
 * @property {string} stdout
 * @property {string} stderr
 * @property {number} code
 * @typedef {object} Settings
 * @property {string} [user]
 * @property {boolean} [readOnly]
 * @property {boolean} [bare] drops all capabilities and sets no-new-privileges
 * @property {boolean} [init]
 * @property {number} [memoryMib] memory limit in MiB, without swap
 * @property {number} [processes]
 * @property {Record<string, string>} [tmpfs]
 * @property {Record<string, string>} [env]
 */

/** The container settings of the service. `{}` means `docker run` without options. @type {Settings} */
export const STRICT = {
  user: '10001:10001',
  readOnly: true,
  bare: true,
  memoryMib: 256,
  processes: 128,
  tmpfs: { '/work': 'rw,exec,mode=1777', '/tmp': 'rw' },
  env: { RUNONCE_WORK_DIR: '/work' }
}

export async function buildImage () {
  await build(LANGUAGES)
}

/**
 * Starts a container that waits for its payload.
 * @param {{ settings?: Settings, language?: keyof typeof LANGUAGES, env?: Record<string, string> }} [options]
 */
export async function start ({ settings = STRICT, language, env = {} } = {}) {
  const { container, stream } = await startContainer({
    User: settings.user ?? '',
    Env: Object.entries({ ...settings.env, ...env }).map(([name, value]) => `${name}=${value}`),
    HostConfig: {
      ...(settings.bare ? { CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] } : {}),
      ...(settings.memoryMib === undefined ? {} : { Memory: settings.memoryMib * MIB, MemorySwap: settings.memoryMib * MIB }),
      ...(settings.processes === undefined ? {} : { PidsLimit: settings.processes }),
      ReadonlyRootfs: settings.readOnly ?? false,
      Init: settings.init ?? false,
      Tmpfs: settings.tmpfs ?? {},
      Binds: language === undefined ? [] : [`${CONTEXT}languages/${language}.json:/etc/runonce/language.json:ro`]
    }
  })
  /** @type {Buffer[]} */
  const chunks = []
  stream.on('data', (chunk) => chunks.push(chunk))
  stream.on('error', () => {}) // the runner stops reading stdin after it sends the result
  const written = () => demultiplex(Buffer.concat(chunks))
  /** @returns {Promise<Ended>} */
  const end = async () => {
    await new Promise((resolve) => stream.on('close', resolve))
    const { StatusCode: code } = await container.wait()
    await container.remove({ force: true })
    const [stdout, stderr] = [written().stdout.toString(), written().stderr.toString()]
    return { stdout, stderr, code, result: parse(stdout) }
  }
  return { container, input: stream, ended: end(), stdout: () => written().stdout.toString() }
}

/**
 * Sends a payload to a new container and waits until the container exits. Throws if the output is anything other than one result.
 * @param {unknown} payload an object to send as JSON, or text to send unchanged
 * @param {Parameters<typeof start>[0] & { open?: boolean }} [options] `open` keeps stdin open
 * @returns {Promise<Ended & { result: Result }>}
 */
export async function run (payload, { open = false, ...options } = {}) {
  const { input, ended } = await start(options)
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  if (open) input.write(text)
  else input.end(text)
  const end = await ended
  if (end.result === undefined || end.stderr !== '' || end.code !== 0) throw new Error(`no result: ${JSON.stringify(end).slice(0, 2000)}`)
  return /** @type {Ended & { result: Result }} */ (end)
}

/**
 * Reads the events of a run: one JSON object a line.
 * @param {string} stdout
 * @returns {Array<Record<string, any>>}
 */
export const parseEvents = (stdout) => stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))

/** Runs a payload and returns its events and its result. @param {object} payload @param {Parameters<typeof start>[0]} [options] */
export async function runEvents (payload, options) {
  const { input, ended } = await start(options)
  input.end(JSON.stringify({ ...payload, stream: true }))
  const { stdout, stderr, code } = await ended
  if (stderr !== '' || code !== 0) throw new Error(`no result: ${stdout}${stderr}`)
  const events = parseEvents(stdout)
  const last = events.at(-1)
  if (last?.type !== 'result') throw new Error(`the last event is not the result: ${stdout.slice(-1000)}`)
  return { events: events.slice(0, -1), result: last.result }
}

/**
 * Runs a shell program and returns its result.
 * @param {string} code
 * @param {object} [more] additional fields of the payload
 * @param {Parameters<typeof run>[1]} [options]
 */
export async function sh (code, more = {}, options = {}) {
  const { result } = await run({ files: [{ name: 'main.sh', content: code }], ...more }, options)
  return result
}

/**
 * Asserts that a run ended at its time limit, given in seconds.
 * @param {import('tap').Test} t
 * @param {Result} result
 * @param {number} seconds
 */
export function endedAtLimit (t, { outcome, duration }, seconds) {
  t.equal(outcome, 'timeout')
  t.ok(duration >= 0.9 * seconds * 1e9 && duration < LATE * seconds * 1e9, `${duration} ns`)
}

/** Polls a condition every 10 ms. Throws after `ms` milliseconds. @param {() => boolean | Promise<boolean>} condition @param {number} [ms] */
export async function until (condition, ms = 15_000) {
  const deadline = performance.now() + ms
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms for ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** @param {string} stdout @returns {Result | undefined} */
function parse (stdout) {
  const text = stdout.trimStart()
  return text.endsWith('}\n') && text.indexOf('\n') === text.length - 1 ? JSON.parse(text) : undefined
}
