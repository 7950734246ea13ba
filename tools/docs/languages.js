// Part of `npm run docs`: writes the table of docs/languages.md from the language.json of each language, runner-images/unavailable.json and docs/measurements/.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { LANGUAGES, listLanguages, readLanguage } from '../images/language.js'
import { readMeasurements } from '../images/measurements.js'
import { readBenchmark } from './benchmarks.js'
import { table, withGeneratedPart } from './generated-part.js'

const PAGE = fileURLToPath(new URL('../../docs/languages.md', import.meta.url))
const UNAVAILABLE = fileURLToPath(new URL('../../runner-images/unavailable.json', import.meta.url))

/**
 * @typedef {import('../images/measurements.js').Measurement} Measurement
 * @typedef {{name: string, aliases?: string[]}} Named
 *
 * @typedef {object} Sources
 * @property {Named[]} languages sorted by name
 * @property {import('../images/measurements.js').LanguageMeasurements} measurements languages without measurements have empty cells
 * @property {import('./benchmarks.js').Benchmark} benchmark its times take precedence over the times in `measurements`
 * @property {{name: string, why: string}[]} unavailable
 */

/** Reads the sources from the repository. @returns {Promise<Sources>} */
export async function readSources () {
  const names = await listLanguages(LANGUAGES)
  return {
    languages: await Promise.all(names.map(async (name) => (await readLanguage(LANGUAGES, name)).language)),
    measurements: await readMeasurements(),
    benchmark: await readBenchmark(),
    unavailable: JSON.parse(await readFile(UNAVAILABLE, 'utf8'))
  }
}

/**
 * Writes the table into docs/languages.md.
 * @param {string} page content of docs/languages.md
 * @param {Sources} sources
 * @returns {string} the page with a new table
 */
export function withLanguages (page, { languages, measurements, benchmark, unavailable }) {
  const dates = Object.values(measurements.languages).map(({ measuredAt }) => measuredAt).sort()
  return withGeneratedPart(page, [
    ...provenance(measurements.machine, dates, benchmark),
    '',
    ...table(['language', 'also called', 'version', 'image, MB', 'hello cold, ms', 'hello ready, ms'],
      languages.map((language) => row(language, measurements.languages[language.name], benchmarkTimes(benchmark, language.name)))),
    ...unavailable.length === 0
      ? []
      : ['', 'Not available from Debian 13, npm, PyPI or Maven Central:', '', ...unavailable.map(({ name, why }) => `- ${name}: ${why}`)]
  ])
}

/**
 * @param {string} machine
 * @param {string[]} dates sorted
 * @param {import('./benchmarks.js').Benchmark} benchmark
 */
function provenance (machine, dates, benchmark) {
  const [first, last] = [dates[0] ?? '', dates.at(-1) ?? '']
  return [
    `Measured by \`npm run bench:languages\` (${first === last ? first : `${first} to ${last}`}) on ${machine}.`,
    `Times marked * are from the benchmark of ${benchmark.takenAt.slice(0, 10)}: see [benchmarks.md](benchmarks.md).`
  ]
}

/**
 * @param {Named} language
 * @param {Measurement | undefined} measured
 * @param {{coldMs?: number | undefined, readyMs?: number | undefined} | undefined} benchmarked
 * @returns {string[]}
 */
function row ({ name, aliases = [] }, measured, benchmarked) {
  const times = benchmarked ?? measured
  const mark = benchmarked === undefined ? '' : '*'
  const ms = (/** @type {number | undefined} */ value) => value === undefined ? '' : value.toFixed(0) + mark
  return [name, aliases.join(', '), measured?.version ?? '', measured === undefined ? '' : (measured.bytes / 1e6).toFixed(0), ms(times?.coldMs), ms(times?.readyMs)]
}

/** @param {import('./benchmarks.js').Benchmark} benchmark @param {string} name */
function benchmarkTimes ({ latency }, name) {
  const hello = latency.find(({ language, program }) => language === name && program === 'hello')
  return hello && { coldMs: hello.measurements.cold?.p50, readyMs: hello.measurements.warm?.p50 }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(PAGE, withLanguages(await readFile(PAGE, 'utf8'), await readSources()))
}
