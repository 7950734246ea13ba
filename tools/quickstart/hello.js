import { setTimeout as sleep } from 'node:timers/promises'

const RUN_MS = 60_000
/** Time until the service lists a new image, in milliseconds. The engine reports the image to the service with an event. */
const LISTED_MS = 10_000
const POLL_MS = 100
const GREETING = 'Hello World!\n'

/**
 * @typedef {object} Hello
 * @property {string} language
 * @property {string} version
 * @property {boolean} ok
 * @property {string} output output of the program, or the error
 * @property {string} image
 * @property {string} main file name of the program
 * @property {string} program
 * @property {number} ms duration from the request to the end of the response, in milliseconds
 *
 * @typedef {{url: string, token: string}} Service
 */

/**
 * Runs the hello program of a language over HTTP, as soon as the service lists the language.
 * @param {Service} service
 * @param {string} language
 * @param {string} main name of the main file
 * @param {number} [listedMs] longest wait until the service lists the language, in milliseconds
 * @returns {Promise<Hello>}
 * @throws Error if the service does not list the language in time
 */
export async function runHello ({ url, token }, language, main, listedMs = LISTED_MS) {
  const { version, image, hello } = await listedLanguage(url, language, listedMs)
  const body = JSON.stringify({ image, payload: { files: [{ name: main, content: hello }] } })
  const startedAt = performance.now()
  const result = await requestJson(`${url}/run`, {
    method: 'POST',
    headers: { 'X-Access-Token': token, 'Content-Type': 'application/json' },
    body
  }).catch((/** @type {Error} */ error) => ({ outcome: error.message }))
  const ms = performance.now() - startedAt
  const ok = result.outcome === 'completed' && result.stdout === GREETING && result.stderr === ''
  const output = ok ? result.stdout.trimEnd() : [result.outcome ?? result.message, result.error, result.stderr].filter(Boolean).join(': ')
  return { language, version, ok, output, image, main, program: hello, ms }
}

/**
 * @param {string} url
 * @param {string} wanted
 * @param {number} listedMs
 * @returns {Promise<{version: string, image: string, hello: string}>}
 */
async function listedLanguage (url, wanted, listedMs) {
  for (const deadline = Date.now() + listedMs; ; await sleep(POLL_MS)) {
    const { languages = [] } = await requestJson(`${url}/api/languages?details=1`, {})
    const found = languages.find((/** @type {{name: string}} */ { name }) => name === wanted)
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`the service does not list the language ${wanted}`)
  }
}

/**
 * @param {string} url
 * @param {RequestInit} init
 * @returns {Promise<any>}
 */
async function requestJson (url, init) {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(RUN_MS) })
  return await response.json()
}

/**
 * Returns command lines that run a program, in Python or else in the first language that works: without and with streaming.
 * @param {Service} service
 * @param {Hello[]} hellos
 * @returns {string} text for the user
 */
export function invitation ({ url, token }, hellos) {
  return `Try it yourself:\n\n${curlLine(url, token, hellos)}\n\nOr see the output while the program runs:\n\n${curlLine(url, token, hellos, { stream: true })}\n`
}

/**
 * Returns a command line that runs a hello program, in Python or else in the first language that works.
 * @param {string} url
 * @param {string} token
 * @param {Hello[]} hellos
 * @param {{stream?: boolean}} [options] stream: the output arrives while the program runs
 */
export function curlLine (url, token, hellos, { stream = false } = {}) {
  const found = hellos.find(({ language }) => language === 'python') ?? hellos.find(({ ok }) => ok) ?? hellos[0]
  if (found === undefined) return ''
  const python = stream ? 'import time\nfor n in range(3):\n    print(n, flush=True)\n    time.sleep(1)' : 'print(6 * 7)'
  const content = found.language === 'python' ? python : found.program
  const body = JSON.stringify({ image: found.image, payload: { files: [{ name: found.main, content }] } })
  const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`
  const accept = stream ? "-N -H 'Accept: text/event-stream' " : ''
  return `curl -s ${accept}${url}/run -H ${quoted(`X-Access-Token: ${token}`)} -H 'Content-Type: application/json' -d ${quoted(body)}`
}

/** @param {Hello} hello */
export function formatHello ({ language, version, output, ms }) {
  return `  ${language.padEnd(12)}${version.padEnd(12)}${ms.toFixed(0).padStart(6)} ms  ${output}`
}
