/**
 * The interfaces through which the modules of the service report runs, load and health. create-service.ts connects the
 * modules.
 */
import type { RunMeasurements } from '../protocol/result.js'

// Implemented by runs/, used by http/, pool/ and observability/.

/** The number of runs in the service. */
export interface Load {
  readonly running: number
  readonly waiting: number
}

/** Whether this node can run programs, according to the latest runs. */
export interface NodeStatus {
  /** The reason why the node cannot run programs; undefined if it can. */
  readonly reason: string | undefined
}

// Observers: implemented by observability/, used by runs/ and http/.

/** A finished run, for logs and metrics. It does not contain code, output or tokens. */
export interface RunRecord extends RunMeasurements {
  requestId: string
  tokenName: string
  image: string
  jobId?: string
  /** Whether a container of the pool was used. */
  pooled: boolean
  /** Duration of each phase in milliseconds. */
  phases: Record<string, number>
}

export interface RunSubmission { requestId: string, tokenName: string, image: string, payload: Buffer, jobId?: string }

export interface RunObserver {
  submitted? (submission: RunSubmission): void
  finished (record: RunRecord): void
}

/** The metrics of the service in Prometheus's text format. */
export interface ServiceMetrics {
  readonly contentType: string
  text (): Promise<string>
  /**
   * @param route pattern of the route; '' if there is no route, because clients choose the path
   * @param status 499 if the client disconnected before the response
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
  /** Number of leases of a ready container. */
  hits: number
  misses: number
}

export interface PoolStatus {
  /** The images that the pool currently knows. */
  snapshot (): PoolSnapshot
  /** All images that have ever been leased. The counts never decrease. */
  leases (): LeaseCounts[]
}

/** Whether the service accepts runs. */
export interface Readiness {
  /** The reason why the service is not ready; undefined if it is ready. */
  notReady (): Promise<string | undefined>
  pool (): PoolSnapshot
}
