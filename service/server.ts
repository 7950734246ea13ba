import './v8-flags.js'

import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'

import { buildApp, buildSideApps, type AppParts } from './app.js'
import { ConfigError, isLoopback, readConfig, type Config } from './config/config.js'
import { ContainerFactory } from './docker/container-factory.js'
import { Engine } from './docker/engine.js'
import { EventStream } from './docker/event-stream.js'
import { containerIdentity } from './docker/identity.js'
import { ImageCatalog } from './docker/image-catalog.js'
import { imageMatcher } from './docker/image-names.js'
import { OutOfMemoryWatch } from './docker/out-of-memory.js'
import { Remover } from './docker/remover.js'
import { RuntimeChoice } from './docker/runtime-choice.js'
import { SettingsCheck } from './docker/settings-check.js'
import { onStaleSocket } from './docker/stale-socket.js'
import { Sweep } from './docker/sweep.js'
import { enabledApis } from './http/enabled-apis.js'
import { overloaded } from './errors.js'
import { jobJson } from './http/job-response.js'
import { Listener } from './http/listener.js'
import type { JobServiceParts } from './jobs/job-service.js'
import { JobLog } from './observability/job-log.js'
import { LogOutput } from './observability/log-output.js'
import { createLogger } from './observability/logger.js'
import { Metrics } from './observability/metrics.js'
import { RunLog } from './observability/run-log.js'
import type { Tracing } from './observability/tracing.js'
import { Pool } from './pool/pool.js'
import { longestRunMs } from './protocol/limits.js'
import { connectRateLimitStore } from './rate-limit-store.js'
import { Admission } from './runs/admission.js'
import { DeferredObserver } from './runs/deferred-observer.js'
import { NodeHealth } from './runs/node-health.js'
import { Probe } from './runs/probe.js'
import { ServiceReadiness } from './runs/readiness.js'
import { CodeRunner } from './runs/run-code.js'
import { TokenRuns } from './runs/token-runs.js'
import type { JobObserver } from './runs/job-ports.js'
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

  const tracing = await createTracing(config)
  const service = await createService(config, { tokens, tracing, log, logger })
  const { listeners, addresses: [main, ...side] } = await listen(config, service.parts)
  startBackground(service, config)

  const delay = config.stop.delaySeconds * 1000 + config.admission.queueTimeoutMs + longestRunMs(config.run, { interactive: false }) + DRAIN_MS + STOP_GRACE_MS
  if (tokenFile !== undefined) process.on('SIGHUP', () => tokenFile.reload())
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

type Service = Awaited<ReturnType<typeof createService>>

/** Connects the modules through their interfaces. Starts nothing except the connection to Redis. */
async function createService (config: Config, { tokens, tracing, log, logger }: { tokens: TokenStore, tracing: Tracing | undefined, log: LogOutput, logger: Logger }) {
  const warn = logger.warn.bind(logger)
  const engine = new Engine(config.engine)
  const events = new EventStream(engine)
  const outOfMemory = new OutOfMemoryWatch(events)
  const images = new ImageCatalog(engine, events, config.images.allow)
  const remover = new Remover(engine, { keep: config.container.keep, warn })
  const admission = createAdmission(config, tokens)
  const { url: redisUrl } = config.redis
  const redis = redisUrl === undefined ? undefined : await connectRateLimitStore(redisUrl, logger)
  const identity = containerIdentity(config.listen)
  const factoryParts = { engine, remover, outOfMemory, container: config.container, run: config.run, identity, cores: cpus().length, log: logger }
  const runtimeChoice = new RuntimeChoice({
    engine,
    configured: config.container,
    probe: async (runtime, signal) => {
      const sandboxes = new ContainerFactory({ ...factoryParts, runtime: async () => ({ name: runtime, sharedShim: false }) })
      return await new Probe({ images, sandboxes, limits: config.run }).run(undefined, signal)
    },
    log: logger
  })
  const factory = new ContainerFactory({ ...factoryParts, runtime: () => runtimeChoice.current() })
  const pool = new Pool({ factory, images, load: admission, config: config.pool, cores: availableParallelism(), log: logger })
  const probe = new Probe({ images, sandboxes: factory, limits: config.run })
  const health = new NodeHealth({ probe: (suspect, signal) => probe.run(suspect, signal), log: logger })
  const readiness = new ServiceReadiness(engine, pool, health)
  const metrics = config.metrics.on ? new Metrics({ cores: cpus().length, load: admission, pool, node: health, log }) : undefined
  const observers = [new DeferredObserver({ observers: [new RunLog(logger), ...[metrics, tracing].filter((each) => each !== undefined)], log: logger })]
  const runs = new TokenRuns({
    tokens, container: config.container, runs: new CodeRunner({ sandboxes: pool, admission, health, observers, limitsResponse: config.run.limitsResponse })
  })
  const jobObservers: JobObserver[] = [new JobLog(logger), ...metrics === undefined ? [] : [metrics.jobs]]
  const jobService = await createJobService(config, {
    tokens, runs, images, tracing, observers: jobObservers, log: logger, hasSlot: (tokenName) => admission.hasBackgroundSlot(tokenName) && health.reason === undefined
  })
  if (jobService !== undefined) metrics?.jobs.addCounts(jobService.jobs)
  const sweep = new Sweep({ engine, remover, identity, log: logger })
  const settingsCheck = new SettingsCheck({ engine, container: config.container, namedImages: config.namedImages, warn })
  const stopping = new AbortController()
  const parts = { about: { name, version, description }, config, logger, tokens, engine, images, runs, readiness, metrics, tracing, redis, jobs: jobService?.jobs, callbacks: jobService?.callbacks, stopping: stopping.signal }
  return { parts, stopping, jobService, engine, events, images, runtimeChoice, remover, admission, redis, pool, health, readiness, sweep, settingsCheck }
}

/** Returns undefined if there is no receiver for traces. The modules of OpenTelemetry are loaded only if the setting has a value. */
async function createTracing ({ tracing: { endpoint } }: Config): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined
  const { Tracing } = await import('./observability/tracing.js')
  return new Tracing({ endpoint, name, version })
}

function createAdmission (config: Config, tokens: TokenStore): Admission {
  const admission = new Admission({
    ...config.admission,
    isShared: () => tokens.names.length > 1,
    ...(tokens.hasPolicies ? { concurrencyOf: (tokenName: string) => tokens.policyOf(tokenName)?.concurrency ?? Infinity } : {}),
    backgroundConcurrency: config.jobs.workers === 0 ? config.admission.concurrency : config.jobs.workers
  })
  tokens.onChange(() => admission.admitWaiting())
  return admission
}

/** Reads API_TOKENS_FILE. The module is loaded only if the setting has a value. @throws ConfigError */
async function loadTokenFile ({ tokensFile: path, tokens: environment, listen }: Config, store: TokenStore, log: Logger) {
  if (path === undefined) return undefined
  const { TokenFile } = await import('./tokens/token-file.js')
  const file = new TokenFile({ path, environment, loopback: isLoopback(listen.address), store, log })
  file.load()
  return file
}

/** Returns undefined without Redis. BullMQ is loaded only if it is used. */
async function createJobService ({ redis, jobs, webhooks }: Config, parts: Pick<JobServiceParts, 'tokens' | 'tracing' | 'runs' | 'images' | 'observers' | 'log' | 'hasSlot'>) {
  if (redis.url === undefined) return undefined
  const { JobService } = await import('./jobs/job-service.js')
  return new JobService({ ...parts, url: redis.url, config: { jobs, webhooks }, jobJson })
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
