// npm run quickstart [-- --all | name…]: sets up and starts the service in a new clone, with the most used languages, all languages or the named languages.
import { createWriteStream } from 'node:fs'
import { readFile, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { ensureEngine, onSignal } from '../engine/engine.js'
import { buildImages } from '../images/build-images.js'
import { LANGUAGES, firstLanguages, listLanguages } from '../images/language.js'
import { selectLanguages } from '../images/select-languages.js'
import { withLock } from '../lib/lock.js'
import { buildService, listenError, startService } from '../lib/service-process.js'
import { SetupError } from '../lib/setup-error.js'
import { curlLine, formatHello, runHellos } from './hello.js'
import { ensureSettings, listenAddress, serviceEnvironment } from './settings.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STATE = path.join(ROOT, '.runonce')
/** Timeout for the lock, in milliseconds. Another quickstart in this clone may be building all images. */
const SETUP_MS = 2 * 60 * 60_000

/** @typedef {{stop(): Promise<unknown>}} Stoppable */

/** The parts that have been started or are starting. They are stopped in reverse order. @type {Promise<Stoppable>[]} */
const running = []
/** @type {Promise<void> | undefined} */
let stopping
let ready = false

onSignal((code, signal) => {
  if (stopping !== undefined) return
  process.stdout.write('\nstopping\n')
  void end(signal === 'SIGINT' && ready ? 0 : code)
})
try {
  await start()
} catch (error) {
  if (stopping === undefined) {
    process.stderr.write(`${error instanceof SetupError ? error.message : /** @type {Error} */ (error).stack}\n`)
    await end(1)
  }
}

async function start () {
  const { service, token, log, names } = await withLock(STATE, SETUP_MS, setUp, () => say('waiting for another quickstart in this clone'))
  const { url } = service
  say(`service: ${url}, log: ${log}\n`)
  const hellos = await runHellos({ url, token, names, mainOf }, (hello) => process.stdout.write(`${formatHello(hello)}\n`))
  const failed = hellos.filter((hello) => !hello.ok).map((hello) => hello.language)
  const summary = failed.length === 0 ? `Working languages: ${hellos.length}.` : `FAILED: ${failed.join(', ')}.`
  process.stdout.write(`\n${summary} Try one yourself:\n\n${curlLine(url, token, hellos)}\n\nOr see its output while it runs:\n\n${curlLine(url, token, hellos, { stream: true })}\n\nThe token is in .runonce/env. Ctrl-C stops everything.\n`)
  ready = failed.length === 0
  const code = await service.exited
  if (stopping === undefined) throw new Error(`the service exited with code ${code}; see ${log}\n${service.stderr}`)
}

async function setUp () {
  const names = await chooseLanguages()
  say('engine')
  const engine = await keep(ensureEngine())
  say(`engine: ${engine.socketPath}`)
  const env = serviceEnvironment(await ensureSettings(path.join(STATE, 'env'), engine.socketPath), process.env)
  const port = await checkPort(env)
  await buildChosenImages(engine.socketPath, names)
  await buildServiceIfStale()
  say('service')
  // A second quickstart, on another port, uses a separate log file.
  const log = path.join(STATE, port === 8088 ? 'service.log' : `service-${port}.log`)
  const file = createWriteStream(log, { mode: 0o600 })
  const service = await keep(startService({ env, detached: true, onLine: (line) => file.write(`${line}\n`) }))
  return { service, token: env['API_ACCESS_TOKEN'] ?? '', log: path.relative(ROOT, log), names }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the port that the service will use
 */
async function checkPort (env) {
  const { address, port } = listenAddress(env)
  const error = await listenError(address, port)
  if (error === 'EADDRINUSE') {
    throw new SetupError(`Another program uses ${address}:${port} (an earlier quickstart?).\nStop that program, or choose another port: SERVER_LISTEN_PORT=8089 npm run quickstart`)
  }
  if (error !== undefined) throw new SetupError(`The service cannot listen on ${address}:${port}: ${error}`)
  return port
}

/** Returns the languages named on the command line. @returns {Promise<string[]>} */
async function chooseLanguages () {
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
async function buildChosenImages (socketPath, names) {
  say('images')
  const results = await buildImages({ socketPath, names })
  const failed = results.filter((result) => 'error' in result).map((result) => result.name)
  if (failed.length === results.length) throw new Error('no image could be built')
  if (failed.length > 0) say(`continuing without ${failed.join(', ')}; see the errors above`)
}

async function buildServiceIfStale () {
  const sources = await newest(path.join(ROOT, 'service'))
  const built = await stat(path.join(ROOT, 'dist/server.js')).then((file) => file.mtimeMs, () => 0)
  if (built > sources) return
  say('building the service')
  await buildService()
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
 * @returns {Promise<string>} name of the main file
 */
async function mainOf (language) {
  return JSON.parse(await readFile(path.join(LANGUAGES, language, 'language.json'), 'utf8')).main
}

/**
 * Registers a part that is starting. After a signal, the quickstart waits until the part has started, and then stops it.
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
