/** The interfaces by which the service's modules report runs, load and health. server.ts joins them. */
import type { RunMeasurements } from '../protocol/result.js'

// Implemented by runs/, used by http/, pool/ and observability/.

/** How many runs the service has. */
export interface Load {
  readonly running: number
  readonly waiting: number
}

/** Whether this node can run programs, as its latest runs show. */
export interface NodeStatus {
  /** Why it cannot; undefined where it can. */
  readonly reason: string | undefined
}

// Observers: implemented by observability/, used by runs/ and http/.

/** One finished run, for logs and metrics: no code, no output, no token. */
export interface RunRecord extends RunMeasurements {
  requestId: string
  tokenName: string
  image: string
  /** A container of the pool served it. */
  pooled: boolean
  /** Milliseconds of each phase. */
  phases: Record<string, number>
}

export interface RunSubmission { requestId: string, tokenName: string, image: string, payload: Buffer }

export interface RunObserver {
  submitted? (submission: RunSubmission): void
  finished (record: RunRecord): void
}

/** The service's metrics in Prometheus's text format. */
export interface ServiceMetrics {
  readonly contentType: string
  text (): Promise<string>
  /**
   * @param route the route's pattern; '' where there is none, because clients choose paths
   * @param status 499: the client left before the response
   */
  responded (method: string, route: string, status: number): void
}

// The pool's state: implemented by pool/, used by http/ and observability/.

export interface PoolSnapshot {
  ready: number
  images: Array<LeaseCounts & {
    ready: number
    starting: number
    target: number
    refillMs: number
    idleBytes: number
  }>
}

/** Leases of an image since the service started. */
export interface LeaseCounts {
  image: string
  /** Served by a waiting container. */
  hits: number
  misses: number
}

export interface PoolStatus {
  /** The images that the pool knows now. */
  snapshot (): PoolSnapshot
  /** All images that were ever leased; the counts never fall. */
  leases (): LeaseCounts[]
}

/** Whether the service can take runs. */
export interface Readiness {
  /** Why it is not ready; undefined where it is. */
  notReady (): Promise<string | undefined>
  pool (): PoolSnapshot
}
