// Says which figures of two benchmark results moved by more than their noise.
// node tools/bench/compare.js before.json after.json
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** @typedef {import('./report.js').Report} Report */
/** @typedef {{ name: string, before: number, after: number, moved: boolean }} Comparison */

/**
 * A figure moved when the ranges of its repeats don't overlap.
 * @param {Report} before
 * @param {Report} after
 * @returns {Comparison[]} of the figures that both have
 */
export function compare (before, after) {
  const known = new Map(figuresOf(before))
  return figuresOf(after).flatMap(([name, figure]) => {
    const old = known.get(name)
    if (old === undefined) return []
    const moved = Math.min(...figure.repeats) > Math.max(...old.repeats) || Math.max(...figure.repeats) < Math.min(...old.repeats)
    return [{ name, before: old.p50, after: figure.p50, moved }]
  })
}

/** @param {Report} report @returns {Array<[string, import('./statistics.js').Figure]>} */
function figuresOf ({ latency }) {
  return latency.flatMap(({ language, program, figures }) =>
    Object.entries(figures).map(([name, figure]) => /** @type {[string, any]} */ ([`${language} ${program} ${name}`, figure])))
}

/** @param {Comparison[]} comparisons */
function print (comparisons) {
  const moved = comparisons.filter((comparison) => comparison.moved)
  for (const { name, before, after } of moved) {
    process.stdout.write(`${name}: ${before.toFixed(1)} → ${after.toFixed(1)} ms (${((after / before - 1) * 100).toFixed(0)} %)\n`)
  }
  process.stdout.write(`${moved.length} of ${comparisons.length} figures moved by more than their noise\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [before, after] = process.argv.slice(2)
  if (before === undefined || after === undefined) {
    process.stderr.write('node tools/bench/compare.js before.json after.json\n')
    process.exit(2)
  }
  print(compare(JSON.parse(readFileSync(before, 'utf8')), JSON.parse(readFileSync(after, 'utf8'))))
}
