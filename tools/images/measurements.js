import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const FILE = fileURLToPath(new URL('../../docs/measurements/languages.json', import.meta.url))

/**
 * @typedef {object} Measurement of one language's image
 * @property {string} measuredAt date of the measurement as YYYY-MM-DD
 * @property {string} version
 * @property {number} bytes size of the image in bytes, including shared layers
 * @property {number} [coldMs] duration of the hello program over HTTP without a ready container, in milliseconds; absent if not measured yet
 * @property {number} [readyMs] duration of the hello program over HTTP with a ready container, in milliseconds
 *
 * @typedef {{machine: string, languages: Record<string, Measurement>}} LanguageMeasurements
 */

/**
 * Reads the measurements of the languages that `npm run bench:languages` wrote.
 * @returns {Promise<LanguageMeasurements>}
 */
export async function readMeasurements () {
  return JSON.parse(await readFile(FILE, 'utf8'))
}

/**
 * Writes the measurements, one line per language, sorted by name.
 * @param {LanguageMeasurements} measurements
 */
export async function writeMeasurements ({ machine, languages }) {
  const lines = Object.keys(languages).sort().map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(languages[name])}`)
  await writeFile(FILE, `{\n  "machine": ${JSON.stringify(machine)},\n  "languages": {\n${lines.join(',\n')}\n  }\n}\n`)
}

/**
 * Reports whether two versions belong to the same release: the first two numbers are equal. A Debian update changes only later numbers.
 * @param {string} a
 * @param {string} b
 */
export function isSameRelease (a, b) {
  const release = (/** @type {string} */ version) => version.split('.').slice(0, 2).join('.')
  return release(a) === release(b)
}
