// Lists measurements that differ between two benchmark reports by more than their noise.
// node tools/bench/compare.js before.json after.json
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** @typedef {import('./report.js').Report} Report */
/** @typedef {{ name: string, before: number, after: number, moved: boolean }} Comparison */

/**
 * Compares two reports. A measurement counts as changed if the ranges of its repeats do not overlap.
 * @param {Report} before
 * @param {Report} after
 * @returns {Comparison[]} one entry for each measurement that is in both reports
 */
export function compare (before, after) {
  const known = new Map(measurementsOf(before))
  return measurementsOf(after).flatMap(([name, measurement]) => {
    const old = known.get(name)
    if (old === undefined) return []
    const moved = Math.min(...measurement.repeats) > Math.max(...old.repeats) || Math.max(...measurement.repeats) < Math.min(...old.repeats)
    return [{ name, before: old.p50, after: measurement.p50, moved }]
  })
}

/** @param {Report} report @returns {Array<[string, import('./statistics.js').Measurement]>} */
function measurementsOf ({ latency }) {
  return latency.flatMap(({ language, program, measurements }) =>
    Object.entries(measurements).map(([name, measurement]) => /** @type {[string, any]} */ ([`${language} ${program} ${name}`, measurement])))
}

/** @param {Comparison[]} comparisons */
function print (comparisons) {
  const moved = comparisons.filter((comparison) => comparison.moved)
  for (const { name, before, after } of moved) {
    process.stdout.write(`${name}: ${before.toFixed(1)} → ${after.toFixed(1)} ms (${((after / before - 1) * 100).toFixed(0)} %)\n`)
  }
  process.stdout.write(`${moved.length} of ${comparisons.length} measurements changed by more than their noise\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [before, after] = process.argv.slice(2)
  if (before === undefined || after === undefined) {
    process.stderr.write('Usage: node tools/bench/compare.js before.json after.json\n')
    process.exit(2)
  }
  print(compare(JSON.parse(readFileSync(before, 'utf8')), JSON.parse(readFileSync(after, 'utf8'))))
}
