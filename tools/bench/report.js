/** @typedef {import('./statistics.js').Figure} Figure */
/** @typedef {{ language: string, program: string, figures: { [name: string]: Figure }, cpu: { [name: string]: number } }} Latency figures: floor, cold, warm (after an idle pause), hot (just after other requests), bare (in the image), host, raw (attach socket of a ready container); cpu: milliseconds a run */
/**
 * @typedef {object} Report
 * @property {string} takenAt
 * @property {{ cores: number, engine: string, node: string }} machine
 * @property {Latency[]} latency milliseconds
 * @property {Array<{ language: string, size: number, cold: import('./statistics.js').Summary, pool: import('./statistics.js').Summary }>} bursts milliseconds a run
 * @property {Array<{ language: string, concurrency: number, ceiling: number, cold: number, pool: number }>} sustained runs a second
 */

/** @param {Report} report */
export function toMarkdown ({ machine, latency, sustained, bursts }) {
  return [
    `${machine.cores} cores, engine ${machine.engine}, Node ${machine.node}. Milliseconds, p50 / p95 / p99, all interleaved in one run. ` +
      '*Bare* is the command by hand in a long-lived container of the same image; CPU is the whole machine\'s for one run, clean-up and refill included.',
    '',
    '| program | engine floor | cold | cold ÷ floor | ready container | raw exchange with one | HTTP and pool add, after an idle pause | and in a service that answered other requests just before | bare | ready ÷ bare | bare on the host | CPU cold, ready |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...latency.map(({ language, program, cpu, figures: { floor, cold, warm, hot, raw, bare, host } }) =>
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

/** @param {Figure | undefined} figure */
function cell (figure) {
  return figure === undefined ? '–' : `${figure.p50.toFixed(1)} / ${figure.p95.toFixed(1)} / ${figure.p99.toFixed(1)}`
}

/** Milliseconds at p50. @param {Figure | undefined} whole @param {Figure | undefined} part */
function added (whole, part) {
  return whole === undefined || part === undefined ? '–' : (whole.p50 - part.p50).toFixed(2)
}

/** @param {Figure | undefined} a @param {Figure | undefined} b */
function ratio (a, b) {
  return a === undefined || b === undefined ? '–' : (a.p50 / b.p50).toFixed(2)
}
