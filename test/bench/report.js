/** @typedef {import('./statistics.js').Summary} Summary */
/**
 * @typedef {object} LanguageFigures
 * @property {Summary} floor the engine alone
 * @property {Summary} cold POST /run without a pool
 * @property {Summary | null} bare the interpreter on this host, by hand
 */
/**
 * @typedef {object} Report
 * @property {string} takenAt
 * @property {{ cores: number, engine: string, node: string }} machine
 * @property {Record<string, LanguageFigures>} hello
 * @property {Array<{ concurrency: number, ceiling: number, cold: number }>} sustained runs a second
 */

/** @param {Report} report */
export function toMarkdown (report) {
  const { machine, hello, sustained } = report
  return [
    `${machine.cores} cores, engine ${machine.engine}, Node ${machine.node}; p50 / p95 in milliseconds, interleaved in one run.`,
    '',
    '| hello | engine floor | POST /run, cold | cold ÷ floor (p50) | bare process on the host |',
    '|---|---|---|---|---|',
    ...Object.entries(hello).map(([language, { floor, cold, bare }]) =>
      `| ${language} | ${cell(floor)} | ${cell(cold)} | ${(cold.p50 / floor.p50).toFixed(2)} | ${bare === null ? '–' : cell(bare)} |`),
    '',
    '| runs at once | engine ceiling, runs/s | POST /run cold, runs/s | cold ÷ ceiling |',
    '|---|---|---|---|',
    ...sustained.map(({ concurrency, ceiling, cold }) =>
      `| ${concurrency} | ${ceiling.toFixed(1)} | ${cold.toFixed(1)} | ${(cold / ceiling).toFixed(2)} |`),
    ''
  ].join('\n')
}

/** @param {Summary} summary */
function cell ({ p50, p95 }) {
  return `${p50.toFixed(1)} / ${p95.toFixed(1)}`
}
