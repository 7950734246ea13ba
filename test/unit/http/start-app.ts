import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { AddressInfo } from 'node:net'

import { buildApp, buildSideApps, type AppParts } from '../../../service/app.js'
import { readConfig } from '../../../service/config/config.js'
import { imageMatcher } from '../../../service/docker/image-names.js'
import { Metrics } from '../../../service/observability/metrics.js'
import type { Callbacks, Jobs } from '../../../service/runs/job-ports.js'
import type { ImageDescription } from '../../../service/runs/ports.js'
import { TokenStore, type TokenEntry } from '../../../service/tokens/token-store.js'
import { FakeEngineStatus, FakeImages, FakePool, FakeRuns, foreignImage, languageImage, recordingLogger } from '../fakes.js'

export const TOKEN = 'correct-horse-battery-staple'
export const SECOND_TOKEN = 'a-second-one-for-the-grader'

export const PYTHON = languageImage('python', { aliases: ['py', 'py3'], main: 'main.py', version: '3.13.5', hello: 'print("Hello World!")\n' })
const PLAINTEXT = languageImage('plaintext', { aliases: ['text', 'html', 'css'], listed: ['html', 'css'], main: 'main.txt' })

interface Options {
  env?: Record<string, string>
  images?: ImageDescription[]
  redis?: AppParts['redis']
  jobs?: Jobs
  callbacks?: Callbacks
  /** The tokens of a tokens file. */
  policies?: TokenEntry[]
}

export interface StartedApp {
  app: FastifyInstance
  /** Applications with the routes that have a separate port, by port. */
  sideApps: Map<number, FastifyInstance>
  tokens: TokenStore
  images: FakeImages
  runs: FakeRuns
  engine: FakeEngineStatus
  lines: string[]
  /** Notifies the application that the service shuts down. */
  stopping: AbortController
  readiness: { reason: string | undefined }
  /** Sends a request with the first token. `injectRaw` sends a request without a token. */
  inject (options: InjectOptions): Promise<LightMyRequestResponse>
  post (url: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  /** Listens on a free loopback port. Resolves with the port. */
  listen (): Promise<number>
}

/** Starts the HTTP application with fakes. Closes it after the test. */
export async function startApp (t: { teardown: (work: () => Promise<void>) => void }, options: Options = {}): Promise<StartedApp> {
  const fakes = createParts(options)
  const app = await buildApp(fakes.parts)
  t.teardown(async () => { await app.close() })
  await app.ready()
  const sideApps = await buildSideApps(fakes.parts, app)
  t.teardown(async () => { for (const each of sideApps.values()) await each.close() })
  const inject = async (options: InjectOptions) =>
    await app.inject({ ...options, headers: { 'x-access-token': TOKEN, ...options.headers } })
  return {
    ...fakes,
    app,
    sideApps,
    inject,
    post: async (url, body, headers = {}) => await inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    }),
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 })
      return (app.server.address() as AddressInfo).port
    }
  }
}

/** Creates the parts of the application, and returns the fakes among them. */
function createParts ({ env = {}, images: present, redis, jobs, callbacks, policies }: Options) {
  const config = readConfig({ API_ACCESS_TOKEN: TOKEN, API_ACCESS_TOKENS: `grader:${SECOND_TOKEN}`, ...env })
  const tokens = new TokenStore({ environment: config.tokens, hasFile: policies !== undefined, imageMatcher })
  tokens.replace(policies ?? [])
  const images = new FakeImages(present ?? [PYTHON, PLAINTEXT, foreignImage()])
  const runs = new FakeRuns()
  const engine = new FakeEngineStatus()
  const pool = new FakePool()
  const readiness = { reason: undefined as string | undefined }
  const { logger, lines } = recordingLogger()
  const stopping = new AbortController()
  const parts: AppParts = {
    about: { name: 'runonce', version: '1.2.3', description: 'runs' },
    config,
    logger,
    tokens,
    engine,
    images,
    runs,
    metrics: config.metrics.on ? new Metrics({ cores: 1, load: { running: 0, waiting: 0 }, pool, node: { reason: undefined }, log: { dropped: 0 } }) : undefined,
    jobs,
    callbacks,
    stopping: stopping.signal,
    redis,
    readiness: { notReady: async () => readiness.reason, pool: () => pool.snapshot() }
  }
  return { parts, tokens, images, runs, engine, lines, stopping, readiness }
}
