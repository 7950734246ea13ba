// Part of `npm run docs`: writes the tables of docs/benchmarks.md from docs/measurements/benchmark.json and peers.json.
// node tools/docs/benchmarks.js [--from DIR]: first copies bench.json and bench.svg from DIR, where `npm run bench` wrote them.
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { table, withGeneratedPart } from './generated-part.js'
import { peersPart, readPeers } from './peers.js'

const DOCS = fileURLToPath(new URL('../../docs', import.meta.url))
const PAGE = path.join(DOCS, 'benchmarks.md')
const FILE = path.join(DOCS, 'measurements/benchmark.json')

/**
 * The parts of a tools/bench report that the page shows. Times are medians in milliseconds.
 * @typedef {{p50: number}} Measured
 * @typedef {{language: string, program: string, measurements: {[name: string]: Measured}}} Latency
 * @typedef {object} Benchmark
 * @property {string} takenAt ISO date
 * @property {{cores: number, engine: string, node: string}} machine
 * @property {Latency[]} latency
 * @property {Array<{language: string, concurrency: number, ceiling: number, cold: number, pool: number}>} sustained runs per second
 * @property {Array<{language: string, size: number, cold: {p95: number}, pool: {p95: number}}>} bursts
 */

/** @returns {Promise<Benchmark>} */
export async function readBenchmark () {
  return JSON.parse(await readFile(FILE, 'utf8'))
}

/**
 * Writes the tables into docs/benchmarks.md.
 * @param {string} page content of docs/benchmarks.md
 * @param {Benchmark} benchmark
 * @param {import('./peers.js').Peers} [peers]
 * @returns {string} the page with new tables
 */
export function withBenchmark (page, { takenAt, machine, latency, sustained, bursts }, peers) {
  return withGeneratedPart(page, [
    `Measured on ${takenAt.slice(0, 10)}: ${machine.cores} cores, Docker ${machine.engine}, Node ${machine.node}. Medians in milliseconds.`,
    '',
    ...latencyTable(latency),
    ...sustained.length === 0 ? [] : ['', 'Several runs at once, in runs per second:', '', ...sustainedTable(sustained)],
    ...bursts.length === 0 ? [] : ['', 'Bursts that are larger than the pool, p95 in milliseconds:', '', ...burstTable(bursts)],
    ...peers === undefined ? [] : ['', '### Comparable services', '', ...peersPart(peers)]
  ])
}

/** @param {Latency[]} latency */
function latencyTable (latency) {
  return table(
    ['program', 'engine alone', '`POST /run`, cold', '`POST /run`, ready container', 'overhead of HTTP and pool', 'bare command in the image', 'ready ÷ bare'],
    latency.map(({ language, program, measurements: { floor, cold, warm, raw, bare } }) => [
      `${language} ${program.replace(/<.*>/, (header) => `\`${header}\``)}`, ms(floor), ms(cold), ms(warm), difference(warm, raw), ms(bare), ratio(warm, bare)
    ]))
}

/** @param {Benchmark['sustained']} sustained */
function sustainedTable (sustained) {
  return table(['hello', 'at once', 'engine alone', 'cold', 'with the pool'], sustained.map(({ language, concurrency, ceiling, cold, pool }) =>
    [language, String(concurrency), ceiling.toFixed(1), cold.toFixed(1), pool.toFixed(1)]))
}

/** @param {Benchmark['bursts']} bursts */
function burstTable (bursts) {
  return table(['hello', 'at once', 'cold', 'with a pool of 4'], bursts.map(({ language, size, cold, pool }) =>
    [language, String(size), cold.p95.toFixed(0), pool.p95.toFixed(0)]))
}

/** @param {Measured | undefined} measured */
function ms (measured) {
  return measured === undefined ? '–' : measured.p50.toFixed(1)
}

/** @param {Measured | undefined} whole @param {Measured | undefined} part */
function difference (whole, part) {
  return whole === undefined || part === undefined ? '–' : (whole.p50 - part.p50).toFixed(2)
}

/** @param {Measured | undefined} a @param {Measured | undefined} b */
function ratio (a, b) {
  return a === undefined || b === undefined ? '–' : (a.p50 / b.p50).toFixed(2)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values: { from } } = parseArgs({ options: { from: { type: 'string' } } })
  if (from !== undefined) {
    await copyFile(path.join(from, 'bench.json'), FILE)
    await copyFile(path.join(from, 'bench.svg'), path.join(DOCS, 'benchmark.svg'))
  }
  await writeFile(PAGE, withBenchmark(await readFile(PAGE, 'utf8'), await readBenchmark(), await readPeers()))
}
