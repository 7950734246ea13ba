import { availableParallelism, cpus } from 'node:os'

import type { Logger } from 'pino'

import type { AppParts } from './app.js'
import type { Config } from './config/config.js'
import { containerIdentity } from './docker/identity.js'
import { SettingsCheck } from './docker/settings-check.js'
import { Sweep } from './docker/sweep.js'
import { createEngineModules } from './engine-modules.js'
import { jobJson } from './http/job-response.js'
import type { JobServiceParts } from './jobs/job-service.js'
import { JobLog } from './observability/job-log.js'
import type { LogOutput } from './observability/log-output.js'
import { Metrics } from './observability/metrics.js'
import { RunLog } from './observability/run-log.js'
import type { Tracing } from './observability/tracing.js'
import { Pool } from './pool/pool.js'
import { connectRateLimitStore } from './rate-limit-store.js'
import { Admission } from './runs/admission.js'
import { DeferredObserver } from './runs/deferred-observer.js'
import type { JobObserver } from './runs/job-ports.js'
import { NodeHealth } from './runs/node-health.js'
import { Probe } from './runs/probe.js'
import { ServiceReadiness } from './runs/readiness.js'
import { CodeRunner } from './runs/run-code.js'
import { TokenRuns } from './runs/token-runs.js'
import type { TokenStore } from './tokens/token-store.js'

interface ServiceOptions {
  about: AppParts['about']
  tokens: TokenStore
  log: LogOutput
  logger: Logger
}

export type Service = Awaited<ReturnType<typeof createService>>

/** Connects the modules through their interfaces. Starts nothing except the connection to Redis. */
export async function createService (config: Config, { about, tokens, log, logger }: ServiceOptions) {
  const tracing = await createTracing(config, about, logger)
  const admission = createAdmission(config, tokens)
  const { url: redisUrl } = config.redis
  const redis = redisUrl === undefined ? undefined : await connectRateLimitStore(redisUrl, logger)
  const identity = containerIdentity(config.listen)
  const engineModules = createEngineModules({ config, identity, log: logger })
  const { engine, images, remover, factory } = engineModules
  const pool = new Pool({ factory, images, load: admission.slotLoad, config: config.pool, cores: availableParallelism(), log: logger })
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
  const settingsCheck = new SettingsCheck({ engine, container: config.container, namedImages: config.namedImages, warn: logger.warn.bind(logger) })
  const stopping = new AbortController()
  const parts = { about, config, logger, tokens, engine, images, runs, readiness, metrics, tracing, redis, jobs: jobService?.jobs, callbacks: jobService?.callbacks, stopping: stopping.signal }
  return { ...engineModules, parts, stopping, jobService, admission, redis, pool, health, readiness, sweep, settingsCheck }
}

/** Returns undefined if there is no receiver for traces. The modules of OpenTelemetry are loaded only if the setting has a value. */
async function createTracing ({ tracing: { endpoint } }: Config, { name, version }: AppParts['about'], log: Logger): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined
  const { Tracing } = await import('./observability/tracing.js')
  return new Tracing({ endpoint, name, version, log })
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

/** Returns undefined without Redis. BullMQ is loaded only if it is used. */
async function createJobService ({ redis, jobs, webhooks }: Config, parts: Pick<JobServiceParts, 'tokens' | 'tracing' | 'runs' | 'images' | 'observers' | 'log' | 'hasSlot'>) {
  if (redis.url === undefined) return undefined
  const { JobService } = await import('./jobs/job-service.js')
  return new JobService({ ...parts, url: redis.url, config: { jobs, webhooks }, jobJson })
}
