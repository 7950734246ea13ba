// Sends the requests of one flooding client, in a separate process: node flood.js <JSON>. Prints the responses, and the durations of the same
// requests to a bare server, as JSON.
import http from 'node:http'

/** @typedef {{status: number, ms: number, retryAfter: string | undefined, right: boolean}} FloodResponse */

/** @type {{url: string, bareUrl: string, token: string, perSecond: number, count: number, image: string}} */
const { url, bareUrl, token, perSecond, count, image } = JSON.parse(process.argv[2] ?? '')
/** Every fourth request is also sent to the bare server. */
const BARE_EVERY = 4
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
/** @type {Array<Promise<FloodResponse>>} */
const answers = []
/** @type {Array<Promise<FloodResponse>>} */
const bare = []
const startedAt = performance.now()
for (let i = 0; i < count; i++) {
  // Sends requests at a fixed rate, without waiting for earlier responses.
  const wait = startedAt + i * 1000 / perSecond - performance.now()
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
  answers.push(ask(url, i))
  if (i % BARE_EVERY === 0) bare.push(ask(bareUrl, i))
}
const bareMs = (await Promise.all(bare)).map(({ ms }) => ms)
process.stdout.write(JSON.stringify({ answers: await Promise.all(answers), bareMs }))
agent.destroy()

/** @param {string} whom @param {number} id @returns {Promise<FloodResponse>} */
function ask (whom, id) {
  const body = JSON.stringify({ image, payload: { files: [{ name: 'main.py', content: `print("flood", ${id})` }] } })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const sentAt = performance.now()
  return new Promise((resolve, reject) => {
    const request = http.request(whom, { agent, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => { text += chunk }).on('error', reject).on('end', () => {
        const { statusCode: status = 0, headers: { 'retry-after': retryAfter } } = response
        const { error, outcome, stdout } = JSON.parse(text)
        const right = status === 200 ? outcome === 'completed' && stdout === `flood ${id}\n` : status === 503 && error === 'overloaded'
        resolve({ status, ms: performance.now() - sentAt, retryAfter, right })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
