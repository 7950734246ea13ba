/** @typedef {import('./statistics.js').Measurement} Measurement */
/** @typedef {{ language: string, program: string, measurements: { [name: string]: Measurement }, cpu: { [name: string]: number } }} Latency `measurements` has these keys: floor (the engine alone), cold, warm (after an idle pause), hot (just after other requests), bare (in a container of the image), host, raw (a ready container without the service). `cpu` is in milliseconds per run */
/**
 * @typedef {object} Report
 * @property {string} takenAt
 * @property {{ cores: number, engine: string, node: string }} machine
 * @property {Latency[]} latency in milliseconds
 * @property {Array<{ language: string, size: number, cold: import('./statistics.js').Summary, pool: import('./statistics.js').Summary }>} bursts milliseconds per run
 * @property {Array<{ language: string, concurrency: number, ceiling: number, cold: number, pool: number }>} sustained runs per second
 */

/** @param {Report} report */
export function toMarkdown ({ machine, latency, sustained, bursts }) {
  return [
    `${machine.cores} cores, engine ${machine.engine}, Node ${machine.node}. Milliseconds, p50 / p95 / p99, measured in alternation. ` +
      '*Bare* is the command alone in a long-lived container of the same image. CPU is the CPU time of the whole machine for one run, including clean-up and refill.',
    '',
    '| program | engine floor | cold | cold ÷ floor | ready container | ready container without the service | overhead of HTTP and pool after an idle pause | overhead of HTTP and pool just after other requests | bare | ready ÷ bare | bare on the host | CPU cold, ready |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...latency.map(({ language, program, cpu, measurements: { floor, cold, warm, hot, raw, bare, host } }) =>
      `| ${language} ${program} | ${cell(floor)} | ${cell(cold)} | ${ratio(cold, floor)} | ${cell(warm)} | ${cell(raw)} | ${added(warm, raw)} | ${added(hot, raw)} | ${cell(bare)} | ${ratio(warm, bare)} | ${cell(host)} | ${cpu.cold?.toFixed(0)}, ${cpu.warm?.toFixed(0)} |`),
    '',
    '| runs at once | engine ceiling, runs/s | cold | cold ÷ ceiling | pool | pool ÷ cold |',
    '|---|---|---|---|---|---|',
    ...sustained.map(({ language, concurrency, ceiling, cold, pool }) =>
      `| ${language} ${concurrency} | ${ceiling.toFixed(1)} | ${cold.toFixed(1)} | ${(cold / ceiling).toFixed(2)} | ${pool.toFixed(1)} | ${(pool / cold).toFixed(2)} |`),
    '',
    '| burst | cold, p95 | pool of 4, p95 | pool ÷ cold |',
    '|---|---|---|---|',
    ...bursts.map(({ language, size, cold, pool }) =>
      `| ${language}, ${size} at once | ${cold.p95.toFixed(0)} | ${pool.p95.toFixed(0)} | ${(pool.p95 / cold.p95).toFixed(2)} |`),
    ''
  ].join('\n')
}

/** @param {Measurement | undefined} measurement */
function cell (measurement) {
  return measurement === undefined ? '–' : `${measurement.p50.toFixed(1)} / ${measurement.p95.toFixed(1)} / ${measurement.p99.toFixed(1)}`
}

/** Formats the difference of the p50 values, in milliseconds. @param {Measurement | undefined} whole @param {Measurement | undefined} part */
function added (whole, part) {
  return whole === undefined || part === undefined ? '–' : (whole.p50 - part.p50).toFixed(2)
}

/** @param {Measurement | undefined} a @param {Measurement | undefined} b */
function ratio (a, b) {
  return a === undefined || b === undefined ? '–' : (a.p50 / b.p50).toFixed(2)
}
