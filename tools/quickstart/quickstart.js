// npm run quickstart [-- --all | name…]: sets up and starts the service in a new clone, with the most used languages, all languages or the named
// languages. The service starts with the first image, while the others are being built.
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { ensureEngine, onSignal } from '../engine/engine.js'
import { suitability } from '../engine/suitability.js'
import { LANGUAGES, firstLanguages, listLanguages } from '../images/language.js'
import { describeBuilds } from '../images/missing-images.js'
import { selectLanguages } from '../images/select-languages.js'
import { withLock } from '../lib/lock.js'
import { buildServiceIfStale } from '../lib/service-build.js'
import { listenError, startService } from '../lib/service-process.js'
import { SetupError } from '../lib/setup-error.js'
import { Arrivals } from './arrivals.js'
import { formatHello, invitation, runHello } from './hello.js'
import { ImageBuilds } from './image-builds.js'
import { Parts } from './parts.js'
import { ensureSettings, listenAddress, serviceEnvironment } from './settings.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STATE = path.join(ROOT, '.runonce')
/** Timeout for the lock, in milliseconds. Another quickstart in this clone may be building its first image. */
const SETUP_MS = 2 * 60 * 60_000

const parts = new Parts()
let ready = false

onSignal((code, signal) => {
  if (parts.isStopping) return
  process.stdout.write('\nstopping\n')
  void end(signal === 'SIGINT' && ready ? 0 : code)
})
try {
  await start()
} catch (error) {
  if (!parts.isStopping) {
    process.stderr.write(`${error instanceof SetupError ? error.message : /** @type {Error} */ (error).stack}\n`)
    await end(1)
  }
}

async function start () {
  const { builds, arrivals } = await withLock(STATE, SETUP_MS, setUp, () => say('waiting for another quickstart in this clone'))
  const service = await arrivals.serving
  const results = await Promise.race([builds.results, service.exit])
  await Promise.race([arrivals.all(), service.exit])
  const broken = await Promise.race([arrivals.retryFailed(), service.exit])
  const failed = [...broken, ...results.filter((result) => 'error' in result).map((result) => result.name)]
  const summary = failed.length === 0 ? `Working languages: ${arrivals.hellos.length}.` : `FAILED: ${failed.join(', ')}; see the errors above.`
  process.stdout.write(`\n${summary} ${invitation(service, arrivals.hellos)}\nThe token is in .runonce/env. Ctrl-C stops everything.\n`)
  ready = broken.length === 0
  await service.exit
}

/** Starts the builds and, with the first image, the service. Returns when the service listens. */
async function setUp () {
  const startedAt = performance.now()
  const names = await chooseLanguages()
  say('engine')
  const engine = await parts.keep(ensureEngine())
  say(`engine: ${engine.name}, ${engine.socketPath}`)
  await checkEngine(engine.socketPath)
  const env = serviceEnvironment(await ensureSettings(path.join(STATE, 'env'), engine.socketPath), process.env)
  const port = await checkPort(env)
  say(await describeBuilds(engine.socketPath, names) ?? 'images: up to date')
  const compiled = buildServiceIfStale(ROOT, () => say('building the service'))
  compiled.catch(() => {})
  const arrivals = new Arrivals({
    serve: async () => {
      await compiled
      return await serve(env, port)
    },
    hello: async (service, language) => await runHello(service, language, await mainOf(language)),
    say: (service, hello, isFirst) => {
      builds.print(`${formatHello(hello)}\n`)
      if (!isFirst || names.length === 1) return
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
      builds.print(`\nThe service is ready after ${seconds} s, and the builds of other languages continue. ${invitation(service, [hello])}\n`)
    }
  })
  const builds = new ImageBuilds({ socketPath: engine.socketPath, names, onBuilt: (name) => arrivals.add(name) })
  await parts.keep(Promise.resolve(builds))
  await Promise.race([arrivals.serving, builds.failed])
  return { builds, arrivals }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {number} port
 * @returns {Promise<import('./hello.js').Service & {exit: Promise<never>}>} `exit` rejects when the service exits
 */
async function serve (env, port) {
  // A second quickstart, on another port, uses a separate log file.
  const log = path.join(STATE, port === 8088 ? 'service.log' : `service-${port}.log`)
  const file = createWriteStream(log, { mode: 0o600 })
  const service = await parts.keep(startService({ env, detached: true, onLine: (line) => file.write(`${line}\n`) }))
  const shown = path.relative(ROOT, log)
  say(`service: ${service.url}, log: ${shown}\n`)
  const exit = service.exited.then((code) => { throw new Error(`the service exited with code ${code}; see ${shown}\n${service.stderr}`) })
  exit.catch(() => {})
  return { url: service.url, token: env['API_ACCESS_TOKEN'] ?? '', exit }
}

/**
 * Prints what the engine cannot do before any build.
 * @param {string} socketPath
 */
async function checkEngine (socketPath) {
  const { problems, warnings } = await suitability(socketPath)
  if (problems.length > 0) throw new SetupError(`This engine cannot run the images: ${problems.join('; ')}.\nChoose another engine: DOCKER_UNIX_SOCKET_PATH=/path/docker.sock npm run quickstart`)
  for (const warning of warnings) say(`${warning}; see: npm run doctor`)
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
 * @param {string} language
 * @returns {Promise<string>} name of the main file
 */
async function mainOf (language) {
  return JSON.parse(await readFile(path.join(LANGUAGES, language, 'language.json'), 'utf8')).main
}

/** @param {number} code */
async function end (code) {
  await parts.stop()
  process.exit(code)
}

/** @param {string} text */
function say (text) {
  process.stdout.write(`== ${text}\n`)
}
