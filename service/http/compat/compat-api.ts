import type { FastifyInstance } from 'fastify'

import type { Config } from '../../config/config.js'
import type { Callbacks } from '../../runs/job-ports.js'
import type { CodeRunParts } from '../code-runs.js'
import type { About } from '../plugins/openapi.js'

/** The commands of Redis by which several services share results. They fail if Redis does not respond in time. */
export interface SharedStore {
  set (key: string, value: string, unit: 'PX', milliseconds: number): Promise<unknown>
  mget (keys: string[]): Promise<Array<string | null>>
  del (keys: string[]): Promise<unknown>
  zadd (key: string, score: number, member: string): Promise<unknown>
  zcard (key: string): Promise<number>
  /** Resolves with members and scores in turn. */
  zpopmin (key: string, count: number): Promise<string[]>
  pexpire (key: string, milliseconds: number): Promise<unknown>
}

export interface CompatParts extends CodeRunParts {
  about: About
  config: Pick<Config, 'compat' | 'run' | 'container' | 'admission'>
  /** If undefined, results are kept in the memory of this process. */
  redis?: SharedStore | undefined
  /** If undefined, results are not sent to URLs that clients name. */
  callbacks?: Callbacks | undefined
  /** Aborts when the service shuts down, with the error for the clients of interactive runs as its reason. */
  stopping: AbortSignal
}

/** The routes of an API that is compatible with another system. */
export interface CompatApi {
  /** The name of the API in `COMPAT_APIS`. */
  name: string
  /** A header for the token that clients of the API send. */
  tokenHeader?: 'x-auth-token'
  /** Adds the routes to a separate scope, in which a token is required. */
  addRoutes (scope: FastifyInstance, parts: CompatParts): void
}
