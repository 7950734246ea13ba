const RUN_MS = 60_000
const GREETING = 'Hello World!\n'

/**
 * @typedef {object} Hello
 * @property {string} language
 * @property {string} version
 * @property {boolean} ok
 * @property {string} answer what the program wrote, or what went wrong
 * @property {number} ms from the request to the whole answer
 */

/**
 * Runs every language's hello over HTTP, one after the other.
 * @param {object} service
 * @param {string} service.url
 * @param {string} service.token
 * @param {(language: string) => Promise<string>} service.mainOf the main file's name
 * @param {(hello: Hello) => void} each
 * @returns {Promise<Hello[]>}
 */
export async function runHellos ({ url, token, mainOf }, each) {
  const { languages } = await ask(`${url}/api/languages?details=1`, {})
  const hellos = []
  for (const { name, version, image, hello } of languages) {
    const body = JSON.stringify({ image, payload: { files: [{ name: await mainOf(name), content: hello }] } })
    const startedAt = performance.now()
    const result = await ask(`${url}/run`, {
      method: 'POST',
      headers: { 'X-Access-Token': token, 'Content-Type': 'application/json' },
      body
    }).catch((/** @type {Error} */ error) => ({ outcome: error.message }))
    const ms = performance.now() - startedAt
    const ok = result.outcome === 'completed' && result.stdout === GREETING && result.stderr === ''
    const answer = ok ? result.stdout.trimEnd() : [result.outcome ?? result.message, result.error, result.stderr].filter(Boolean).join(': ')
    const done = { language: name, version, ok, answer, ms }
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
async function ask (url, init) {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(RUN_MS) })
  return await response.json()
}

/** @param {Hello} hello */
export function formatHello ({ language, version, answer, ms }) {
  return `  ${language.padEnd(12)}${version.padEnd(12)}${ms.toFixed(0).padStart(6)} ms  ${answer}`
}
