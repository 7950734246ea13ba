const RUN_MS = 60_000
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
 */

/**
 * Runs the hello programs of some languages over HTTP, one at a time.
 * @param {object} service
 * @param {string} service.url
 * @param {string} service.token
 * @param {string[]} service.names names of languages; languages without an image are skipped
 * @param {(language: string) => Promise<string>} service.mainOf returns the name of the main file
 * @param {(hello: Hello) => void} each
 * @returns {Promise<Hello[]>}
 */
export async function runHellos ({ url, token, names, mainOf }, each) {
  const { languages } = await requestJson(`${url}/api/languages?details=1`, {})
  const hellos = []
  for (const { name, version, image, hello } of languages) {
    if (!names.includes(name)) continue
    const main = await mainOf(name)
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
    const done = { language: name, version, ok, output, image, main, program: hello, ms }
    each(done)
    hellos.push(done)
  }
  return hellos
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
