import { quantile } from './statistics.js'

/** @typedef {import('./engine-cost-rounds.js').Cost} Cost */
/** @typedef {import('./engine-cost-rounds.js').WaitingMemory} WaitingMemory */

/**
 * Formats the medians of all rounds as Markdown. Ratios refer to the first variant. The ratio of each round is computed separately, because the
 * speed of the machine may change between rounds.
 * @param {{ costs: Cost[], memory: WaitingMemory[] }} measured
 */
export function costTable ({ costs, memory }) {
  const variants = [...new Set(costs.map(({ variant }) => variant))].sort((a, b) => memoryIndex(memory, a) - memoryIndex(memory, b))
  const concurrencies = [...new Set(costs.map(({ concurrency }) => concurrency))]
  const of = (/** @type {string} */ variant, /** @type {number} */ concurrency) => costs.filter((cost) => cost.variant === variant && cost.concurrency === concurrency)
  const first = variants[0] ?? ''
  const rows = concurrencies.flatMap((concurrency) => variants.map((variant) => {
    const [own, base] = [of(variant, concurrency), of(first, concurrency)]
    const median = (/** @type {(cost: Cost) => number} */ value) => middle(own.map(value))
    const ratio = (/** @type {(cost: Cost) => number} */ value) => middle(own.map((cost, round) => value(cost) / value(base[round] ?? cost)))
    return [
      concurrency, variant, median(({ cpuMs }) => cpuMs).toFixed(0), ratio(({ cpuMs }) => cpuMs).toFixed(2), median(({ dockerdMs }) => dockerdMs).toFixed(0),
      median(({ containerdMs }) => containerdMs).toFixed(0), median(({ cpuMs, dockerdMs, containerdMs }) => cpuMs - dockerdMs - containerdMs).toFixed(0),
      median(({ runsPerSecond }) => runsPerSecond).toFixed(1), ratio(({ runsPerSecond }) => runsPerSecond).toFixed(2)
    ]
  }))
  return [
    ...table(['at once', 'variant', 'engine CPU ms a run', 'ratio', 'dockerd', 'containerd', 'shims and runtimes', 'runs/s', 'ratio'], rows),
    '',
    ...table(['variant', 'shims per waiting container (MB)', 'cgroup of the container (MB)', 'sum, ratio'], memory.map(({ variant, shimBytes, cgroupBytes }) => [
      variant, (shimBytes / 1e6).toFixed(1), (cgroupBytes / 1e6).toFixed(1), ((shimBytes + cgroupBytes) / sumOf(memory[0])).toFixed(2)
    ])),
    ''
  ].join('\n')
}

/** @param {WaitingMemory | undefined} memory */
function sumOf ({ shimBytes, cgroupBytes } = { variant: '', shimBytes: NaN, cgroupBytes: NaN }) {
  return shimBytes + cgroupBytes
}

/** @param {WaitingMemory[]} memory @param {string} variant */
function memoryIndex (memory, variant) {
  return memory.findIndex((each) => each.variant === variant)
}

/** @param {number[]} values */
function middle (values) {
  return quantile(values.toSorted((a, b) => a - b), 0.5)
}

/** @param {string[]} head @param {(string | number)[][]} rows */
function table (head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}
