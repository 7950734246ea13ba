// The container's health check: exits with 0 if the service at SERVER_LISTEN_ADDR and SERVER_LISTEN_PORT is ready, else with 1.
import http from 'node:http'
import { text } from 'node:stream/consumers'

import { ErrorList, readSettings } from './config/read-settings.js'

/** Less than the timeout of HEALTHCHECK in deploy/Dockerfile, so that the reason is printed. */
const TIMEOUT_MS = 2500

const { address, port } = readSettings(process.env, new ErrorList()).settings.listen

// For 0.0.0.0 and ::, Linux connects to the loopback address.
const request = http.get({ host: address, port, path: '/readyz', agent: false })
const timer = setTimeout(() => request.destroy(new Error(`no response within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
request.on('response', (response) => {
  text(response).then((body) => finish(response.statusCode === 200, body), ({ message }: Error) => finish(false, message))
})
request.on('error', ({ message }) => finish(false, message))

/** The engine keeps the message in the container's State.Health. */
function finish (ready: boolean, message: string): void {
  clearTimeout(timer)
  process.stdout.write(`${message}\n`)
  process.exitCode = ready ? 0 : 1
}
