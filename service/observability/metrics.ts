import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

import type {
  LeaseCounts, Load, NodeStatus, PoolSnapshot, PoolStatus, RunObserver, RunRecord, ServiceMetrics
} from '../runs/status-ports.js'
import { JobMetrics } from './job-metrics.js'

/** Histogram buckets in seconds, from a run in a warm interpreter to a long build. */
const RUN_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const WAIT_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30]

/**
 * Sampling interval of the event loop lag histogram in milliseconds. The default of 10 ms uses 0.5 % of a CPU core. The interval does not
 * affect the accuracy of the lag that is measured at each scrape.
 */
const LAG_INTERVAL_MS = 100

interface MetricsParts {
  /** Number of CPU cores. The CPU time of a run is at most its wall-clock time multiplied by this number. */
  cores: number
  load: Load
  pool: PoolStatus
  node: NodeStatus
  log: { readonly dropped: number }
}

type ImagePoolState = PoolSnapshot['images'][number]

/** Collects metrics for Prometheus. Labels contain image names and token names, but never code, output or tokens. */
export class Metrics implements RunObserver, ServiceMetrics {
  readonly #registry = new Registry()
  readonly #runs = this.#counter('runonce_runs_total', 'Finished runs by outcome', ['image', 'token', 'outcome', 'pooled'])
  readonly #runSeconds = this.#histogram('runonce_run_seconds', 'Time of a run, including the wait in the queue', ['image'], RUN_SECONDS)
  readonly #queueSeconds = this.#histogram('runonce_queue_seconds', 'Time that runs waited in the queue', [], WAIT_SECONDS)
  readonly #cpuSeconds = this.#counter('runonce_cpu_seconds_total', 'CPU time of programs and their builds', ['image', 'token'])
  readonly #containerSeconds = this.#counter('runonce_container_seconds_total', 'Time that containers spent on runs', ['image', 'token'])
  readonly #responses = this.#counter('runonce_http_responses_total', 'HTTP responses by method, route and status', ['method', 'route', 'status'])
  readonly #cores: number
  readonly jobs = new JobMetrics(this.#registry)

  constructor ({ cores, load, pool, node, log }: MetricsParts) {
    this.#cores = cores
    this.#gauge('runonce_runs_running', 'Runs in progress', (gauge) => gauge.set(load.running))
    this.#gauge('runonce_runs_waiting', 'Runs in the queue', (gauge) => gauge.set(load.waiting))
    this.#gauge('runonce_node_ready', '0 while runs fail on this machine, 1 otherwise', (gauge) => gauge.set(node.reason === undefined ? 1 : 0))
    this.#counter('runonce_log_lines_dropped_total', 'Log lines that could not be written', [], (counter) => {
      counter.reset()
      counter.inc(log.dropped)
    })
    this.#addPoolState(pool)
    this.#addPoolLeases(pool)
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_INTERVAL_MS })
  }

  get contentType (): string { return this.#registry.contentType }

  async text (): Promise<string> { return await this.#registry.metrics() }

  finished ({ image, tokenName: token, outcome, pooled, phases, cpuTimeNs }: RunRecord): void {
    this.#runs.inc({ image, token, outcome, pooled: String(pooled) })
    this.#runSeconds.observe({ image }, (phases.total ?? 0) / 1e3)
    this.#queueSeconds.observe((phases.queue ?? 0) / 1e3)
    this.#containerSeconds.inc({ image, token }, (phases.exchange ?? 0) / 1e3)
    // An image can report any CPU time. A negative value would throw, and an impossible value would permanently distort the counter.
    const maxNs = this.#cores * (phases.total ?? 0) * 1e6
    if (cpuTimeNs !== undefined && cpuTimeNs >= 0 && cpuTimeNs <= maxNs) this.#cpuSeconds.inc({ image, token }, cpuTimeNs / 1e9)
  }

  responded (method: string, route: string, status: number): void {
    this.#responses.inc({ method, route, status })
  }

  /** Adds gauges for the images in the pool. They are updated at each request for the metrics. */
  #addPoolState (pool: PoolStatus): void {
    const gauges: Array<[name: string, help: string, valueOf: (image: ImagePoolState) => number]> = [
      ['ready', 'Containers that wait for a payload', ({ ready }) => ready],
      ['starting', 'Containers that are being prepared', ({ starting }) => starting],
      ['target', 'Desired number of ready containers', ({ target }) => target],
      ['refill_seconds', 'Moving average of the time to prepare a container', ({ refillMs }) => refillMs / 1e3],
      ['idle_bytes', 'Memory usage of one ready container', ({ idleBytes }) => idleBytes]
    ]
    for (const [name, help, valueOf] of gauges) {
      this.#gauge(`runonce_pool_${name}`, help, (gauge) => {
        gauge.reset()
        for (const state of pool.snapshot().images) gauge.set({ image: state.image }, valueOf(state))
      }, ['image'])
    }
  }

  #addPoolLeases (pool: PoolStatus): void {
    const counters: Array<[name: string, help: string, valueOf: (counts: LeaseCounts) => number]> = [
      ['hits', 'Runs in a ready container', ({ hits }) => hits],
      ['misses', 'Runs without a ready container', ({ misses }) => misses]
    ]
    for (const [name, help, valueOf] of counters) {
      this.#counter(`runonce_pool_${name}_total`, help, ['image'], (counter) => {
        counter.reset()
        for (const counts of pool.leases()) counter.inc({ image: counts.image }, valueOf(counts))
      })
    }
  }

  #gauge (name: string, help: string, collect: (gauge: Gauge) => void, labelNames: string[] = []): void {
    const gauge: Gauge = new Gauge({ name, help, labelNames, registers: [this.#registry], collect: () => collect(gauge) })
  }

  #counter (name: string, help: string, labelNames: string[], collect: (counter: Counter) => void = () => {}): Counter {
    const counter: Counter = new Counter({ name, help, labelNames, registers: [this.#registry], collect: () => collect(counter) })
    return counter
  }

  #histogram (name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] })
  }
}
