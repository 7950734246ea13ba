import { Counter, Gauge, Histogram, Registry } from 'prom-client'

import type { Load, PoolSnapshot, RunObserver, RunRecord, ServiceMetrics } from '../runs/ports.js'

/** From a waiting interpreter's answer to a long build; seconds. */
const RUN_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const WAIT_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30]

interface MetricsParts {
  /** The machine's; a run's CPU time is not more than they all give in its time. */
  cores: number
  load: Load
  pool: { snapshot (): PoolSnapshot }
}

/** What Prometheus reads: runs, waits, answers, the pool. Images and token names are labels; code, output and tokens are nowhere. */
export class Metrics implements RunObserver, ServiceMetrics {
  readonly #registry = new Registry()
  readonly #runs = this.#counter('runonce_runs_total', 'Runs that are over, by what became of them', ['image', 'token', 'outcome', 'pooled'])
  readonly #runSeconds = this.#histogram('runonce_run_seconds', 'From admission asked for to the answer', ['image'], RUN_SECONDS)
  readonly #queueSeconds = this.#histogram('runonce_queue_seconds', 'What runs waited for their turn', [], WAIT_SECONDS)
  readonly #cpuSeconds = this.#counter('runonce_cpu_seconds_total', 'CPU time of programs and their builds', ['image', 'token'])
  readonly #answers = this.#counter('runonce_http_answers_total', 'Answers by route and status; 429 and 503 are refusals', ['method', 'route', 'status'])

  readonly #cores: number

  constructor ({ cores, load, pool }: MetricsParts) {
    this.#cores = cores
    this.#gauge('runonce_runs_running', 'Runs under way', (gauge) => gauge.set(load.running))
    this.#gauge('runonce_runs_waiting', 'Runs that wait for their turn', (gauge) => gauge.set(load.waiting))
    this.#gauge('process_resident_memory_bytes', 'Memory of the service itself', (gauge) => gauge.set(process.memoryUsage.rss()))
    this.#addPool(pool)
  }

  get contentType (): string { return this.#registry.contentType }

  async text (): Promise<string> { return await this.#registry.metrics() }

  submitted (): void {}

  finished ({ image, tokenName: token, outcome, pooled, phases, cpuTimeNs }: RunRecord): void {
    this.#runs.inc({ image, token, outcome, pooled: String(pooled) })
    this.#runSeconds.observe({ image }, (phases.total ?? 0) / 1e3)
    this.#queueSeconds.observe((phases.queue ?? 0) / 1e3)
    // The figure is an image's own word: a counter throws at what is below zero, and would never recover from what no run can take.
    const most = this.#cores * (phases.total ?? 0) * 1e6
    if (cpuTimeNs !== undefined && cpuTimeNs >= 0 && cpuTimeNs <= most) this.#cpuSeconds.inc({ image, token }, cpuTimeNs / 1e9)
  }

  answered (method: string, route: string, status: number): void {
    this.#answers.inc({ method, route, status })
  }

  /** By image, as it stands when it is read: one that the pool has forgotten leaves. */
  #addPool (pool: MetricsParts['pool']): void {
    const figures: Array<[name: string, help: string, of: (image: PoolSnapshot['images'][number]) => number]> = [
      ['ready', 'Containers that wait for a payload', ({ ready }) => ready],
      ['starting', 'Containers on their way there', ({ starting }) => starting],
      ['target', 'How many the pool wants ready', ({ target }) => target],
      ['hits', 'Runs that a waiting container served, since the pool knows the image', ({ hits }) => hits],
      ['misses', 'Runs that found none ready, since the pool knows the image', ({ misses }) => misses],
      ['refill_seconds', 'What a refill takes, a moving mean', ({ refillMs }) => refillMs / 1e3],
      ['idle_bytes', 'Memory of one that waits', ({ idleBytes }) => idleBytes]
    ]
    for (const [name, help, of] of figures) {
      this.#gauge(`runonce_pool_${name}`, help, (gauge) => {
        gauge.reset()
        for (const image of pool.snapshot().images) gauge.set({ image: image.image }, of(image))
      }, ['image'])
    }
  }

  #gauge (name: string, help: string, collect: (gauge: Gauge) => void, labelNames: string[] = []): void {
    const gauge: Gauge = new Gauge({ name, help, labelNames, registers: [this.#registry], collect: () => collect(gauge) })
  }

  #counter (name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] })
  }

  #histogram (name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] })
  }
}
