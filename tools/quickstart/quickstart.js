// npm run quickstart [-- --all | name…]: from a clone to a running service, with the first languages, all or the named ones.
// Starts without node_modules: what needs packages is imported late.
import { readFile, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installClients, installDependencies } from '../testing/prepare.js'
import { run } from '../testing/process.js'
import { ensureEngine, SetupError } from '../engine/engine.js'
import { curlLine, formatHello, runHellos } from './hello.js'
import { withLock } from '../engine/lease.js'
import { portFault, startService } from '../lib/service-process.js'
import { ensureSettings, listenAddress, serviceEnvironment } from './settings.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STATE = path.join(ROOT, '.runonce')
/** Longer than another quickstart of this clone may take to set up. */
const SETUP_MS = 2 * 60 * 60_000

/** @typedef {{stop(): Promise<void>}} Stoppable */

/** What runs by now, or is about to; ended in the opposite order. @type {Promise<Stoppable>[]} */
const running = []
/** @type {Promise<void> | undefined} */
let stopping

for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
  process.on(signal, () => {
    if (stopping !== undefined) return
    process.stdout.write('\nstopping\n')
    void end(signal === 'SIGINT' && ready ? 0 : code)
  })
}
let ready = false

process.chdir(ROOT)
try {
  await start()
} catch (error) {
  if (stopping === undefined) {
    process.stderr.write(`${error instanceof SetupError ? error.message : /** @type {Error} */ (error).stack}\n`)
    await end(1)
  }
}

async function start () {
  const { service, url, token, log } = await withLock(STATE, SETUP_MS, setUp, () => say('another quickstart of this clone sets up: waiting for it'))
  say(`service: ${url}, its log is ${log}\n`)
  const hellos = await runHellos({ url, token, mainOf }, (hello) => process.stdout.write(`${formatHello(hello)}\n`))
  const wrong = hellos.filter((hello) => !hello.ok).map((hello) => hello.language)
  process.stdout.write(`\n${wrong.length === 0 ? `${hellos.length} languages answer.` : `WRONG: ${wrong.join(', ')}.`} Try one yourself:\n\n${curlLine(url, token, hellos)}\n\n`)
  process.stdout.write('The token is in .runonce/env. Ctrl-C stops everything.\n')
  ready = wrong.length === 0
  const how = await service.exited
  if (stopping === undefined) throw new Error(`the service ended by itself (${how}); see ${log}`)
}

async function setUp () {
  await installDependencies()
  const languages = await chooseLanguages()
  say('engine')
  const engine = await keep(ensureEngine())
  say(`engine: ${engine.socketPath}`)
  const settings = await ensureSettings(path.join(STATE, 'env'), engine.socketPath)
  const env = serviceEnvironment(settings, process.env)
  const { address, port } = await checkedAddress(env)
  await buildImages(engine.socketPath, languages)
  await buildService()
  say('service')
  // A second one, on another port, has a log of its own.
  const log = path.join(STATE, port === 8088 ? 'service.log' : `service-${port}.log`)
  const service = await keep(startService({ root: ROOT, env, log }))
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${service.port}`
  return { service, url, token: env['API_ACCESS_TOKEN'] ?? '', log: path.relative(ROOT, log) }
}

/** @param {NodeJS.ProcessEnv} env */
async function checkedAddress (env) {
  const { address, port } = addressOf(env)
  const fault = await portFault(address, port)
  if (fault === 'EADDRINUSE') {
    throw new SetupError(`${address}:${port} is taken by another program (a quickstart that still runs?).\nStop that one, or choose a port: SERVER_LISTEN_PORT=8089 npm run quickstart`)
  }
  if (fault !== undefined) throw new SetupError(`can't listen on ${address}:${port}: ${fault}`)
  return { address, port }
}

/** @param {NodeJS.ProcessEnv} env */
function addressOf (env) {
  try {
    return listenAddress(env)
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, { cause: error })
  }
}

/** @returns {Promise<string[]>} the languages that the command line asks for */
async function chooseLanguages () {
  const { LANGUAGES, firstLanguages, listLanguages } = await import('../images/language.js')
  const { selectLanguages } = await import('../images/select.js')
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { all: { type: 'boolean', default: false } } })
    const asked = values.all ? [] : positionals.length > 0 ? positionals : await firstLanguages()
    return selectLanguages(asked, await listLanguages(LANGUAGES))
  } catch (error) {
    throw new SetupError(`${/** @type {Error} */ (error).message}\nnpm run quickstart [-- --all | name…]`)
  }
}

/**
 * @param {string} socketPath
 * @param {string[]} names
 */
async function buildImages (socketPath, names) {
  say('images')
  const { buildAll } = await import('../images/build-all.js')
  const { registriesOf } = await import('../images/language.js')
  await installClients(await registriesOf(path.join(ROOT, 'runner-images'), names))
  const results = await buildAll({ socketPath, names })
  const failed = results.filter((result) => 'error' in result).map((result) => result.name)
  if (failed.length > 0) say(`without ${failed.join(', ')}: see above`)
  if (failed.length === results.length) throw new Error('no image could be built')
}

async function buildService () {
  const sources = await newest(path.join(ROOT, 'service'))
  const built = await stat(path.join(ROOT, 'dist/server.js')).then((file) => file.mtimeMs, () => 0)
  if (built > sources) return
  say('building the service')
  const { exitCode } = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
  if (exitCode !== 0) throw new Error('the service does not build')
}

/** @param {string} dir */
async function newest (dir) {
  let time = 0
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    time = Math.max(time, (await stat(path.join(entry.parentPath, entry.name))).mtimeMs)
  }
  return time
}

/**
 * @param {string} language
 * @returns {Promise<string>} its main file's usual name
 */
async function mainOf (language) {
  return JSON.parse(await readFile(path.join(ROOT, 'runner-images/languages', language, 'language.json'), 'utf8')).main
}

/**
 * Remembers what a step starts, from before it stands: a signal meanwhile waits for it and ends it.
 * @template {Stoppable} T
 * @param {Promise<T>} starting
 * @returns {Promise<T>}
 */
async function keep (starting) {
  running.push(starting)
  return await starting
}

/** @param {number} code */
async function end (code) {
  stopping ??= (async () => {
    for (const starting of running.reverse()) {
      const part = await starting.catch(() => undefined)
      await part?.stop().catch((/** @type {Error} */ error) => process.stderr.write(`${error.message}\n`))
    }
  })()
  await stopping
  process.exit(code)
}

/** @param {string} text */
function say (text) {
  process.stdout.write(`== ${text}\n`)
}
