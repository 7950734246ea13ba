import './v8-flags.js'

import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'

import { buildApp, buildSideApps, type AppParts } from './app.js'
import { ConfigError, isLoopback, readConfig, type Config } from './config/config.js'
import { createService, type Service } from './create-service.js'
import { imageMatcher } from './docker/image-names.js'
import { onStaleSocket } from './docker/stale-socket.js'
import { overloaded } from './errors.js'
import { enabledApis } from './http/enabled-apis.js'
import { Listener } from './http/listener.js'
import { LogOutput } from './observability/log-output.js'
import { createLogger } from './observability/logger.js'
import { longestRunMs } from './protocol/limits.js'
import { TokenStore } from './tokens/token-store.js'

/** Time limit during shutdown for sending responses to slow clients after all runs have finished, in milliseconds. */
const DRAIN_MS = 10_000
/** Additional time for shutdown after accepted runs have finished and responses have been sent, in milliseconds. */
const STOP_GRACE_MS = 10_000
/** Time limit during shutdown for writing buffered log lines, in milliseconds. */
const LOG_FLUSH_MS = 500
/** Time after which clients should repeat an interactive run that the shutdown ended, in seconds. */
const RETRY_SECONDS = 1
const { name, version, description } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

async function main (): Promise<void> {
  const config = await orExit(configuration)
  const log = new LogOutput(process.stdout)
  const logger = createLogger(config.log.level, log)
  // Node writes its own warnings to stderr. An error of this write must not stop the service.
  process.stderr.on('error', () => {})
  for (const warning of config.warnings) logger.warn(warning)
  const tokens = new TokenStore({ environment: config.tokens, hasFile: config.tokensFile !== undefined, imageMatcher })
  const tokenFile = await orExit(async () => await loadTokenFile(config, tokens, logger))
  // Without a listener, the signal would end the service while it starts.
  if (tokenFile !== undefined) process.on('SIGHUP', () => tokenFile.reload())

  const service = await createService(config, { about: { name, version, description }, tokens, log, logger })
  const { listeners, addresses: [main, ...side] } = await listen(config, service.parts)
  startBackground(service, config)

  const delay = config.stop.delaySeconds * 1000 + config.admission.queueTimeoutMs + longestRunMs(config.run, { interactive: false }) + DRAIN_MS + STOP_GRACE_MS
  closeWithGrace({ delay, logger, skip: tokenFile === undefined ? [] : ['SIGHUP'] }, async ({ signal, err }) => {
    if (err !== undefined) logger.fatal({ err }, 'stopping after an unexpected error')
    else logger.info({ signal }, 'stopping')
    await stop(service, listeners)
    logger.info('stopped')
    await log.flush(LOG_FLUSH_MS)
  })
  // These lines are logged after the signal handlers are installed, because a reader of the log may stop the service
  // immediately.
  for (const address of side) logger.info(address, 'listening for metrics or docs')
  logger.info({ ...main, version }, 'listening')
}

/** Reads API_TOKENS_FILE. The module is loaded only if the setting has a value. @throws ConfigError */
async function loadTokenFile ({ tokensFile: path, tokens: environment, listen }: Config, store: TokenStore, log: Logger) {
  if (path === undefined) return undefined
  const { TokenFile } = await import('./tokens/token-file.js')
  const file = new TokenFile({ path, environment, loopback: isLoopback(listen.address), store, log })
  file.load()
  return file
}

/** Exits with code 1 if a port is not available. */
async function listen (config: Config, parts: AppParts) {
  const { logger } = parts
  const app = await buildApp(parts)
  const sideApps = await buildSideApps(parts, app)
  const listeners = [[config.listen.port, app] as const, ...sideApps].map(([port, each]) => new Listener(each, config.listen.address, port))
  const addresses = await Promise.all(listeners.map(async (listener) => await listener.listen())).catch((error: Error) => {
    logger.fatal(config.listen, `cannot listen: ${error.message}`)
    process.exit(1)
  })
  return { listeners, addresses }
}

function startBackground ({ parts: { logger }, events, images, runtimeChoice, health, pool, sweep, settingsCheck, jobService }: Service, config: Config): void {
  settingsCheck.follow(events)
  runtimeChoice.follow(events, images)
  onStaleSocket(events, config.engine.socketPath, () => {
    logger.fatal(`The socket that is mounted at ${config.engine.socketPath} was replaced by the engine: restart the container`)
    process.exit(1)
  })
  events.onGap(() => { if (events.connected) health.recheck() })
  void events.start()
  void sweep.start().then(() => pool.start())
  jobService?.start()
}

/** Each wait during the shutdown has a deadline, except the wait for accepted runs, which closeWithGrace limits. */
async function stop ({ stopping, jobService, engine, events, remover, admission, redis, pool, health, readiness, sweep, parts }: Service, listeners: Listener[]): Promise<void> {
  const { run, stop: { delaySeconds } } = parts.config
  readiness.stop()
  for (const listener of listeners) listener.announceClose()
  const closeAdmission = async () => {
    // Until a load balancer has noticed that the service is not ready, it sends runs, which must not be lost.
    await sleep(delaySeconds * 1000)
    // An interactive run could last until its user ends it.
    stopping.abort(overloaded('The service is shutting down', RETRY_SECONDS))
    await admission.close()
  }
  await Promise.all([jobService?.closeWorkers(longestRunMs(run, { interactive: false })), closeAdmission()])
  await Promise.all([health.close(), pool.close(), ...listeners.map((listener) => listener.close(DRAIN_MS))])
  await jobService?.close()
  sweep.close()
  events.close()
  await remover.settled()
  engine.close()
  redis?.disconnect()
  await parts.tracing?.close()
}

function configuration (): Config {
  const config = readConfig(process.env)
  enabledApis(config.compat.apis)
  return config
}

/** If the configuration is not valid, prints one line for each error and exits with code 1. */
async function orExit<T> (read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const line of error.errors) process.stderr.write(`${line}\n`)
    process.exit(1)
  }
}

await main()
