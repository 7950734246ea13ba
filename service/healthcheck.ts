// The health check of the container. It exits with code 0 if the service at SERVER_LISTEN_ADDR and SERVER_LISTEN_PORT is ready, and
// with code 1 otherwise.
import http from 'node:http'
import { text } from 'node:stream/consumers'

import { ErrorList, readSettings } from './config/read-settings.js'

/** In milliseconds. Must be shorter than the timeout of HEALTHCHECK in deploy/Dockerfile so that the reason is printed. */
const TIMEOUT_MS = 2500

const { address, port } = readSettings(process.env, new ErrorList()).settings.listen

// A connection to 0.0.0.0 or :: reaches the loopback address on Linux.
const request = http.get({ host: address, port, path: '/readyz', agent: false })
const timer = setTimeout(() => request.destroy(new Error(`no response within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
request.on('response', (response) => {
  text(response).then((body) => finish(response.statusCode === 200, body), ({ message }: Error) => finish(false, message))
})
request.on('error', ({ message }) => finish(false, message))

/** Prints the message, which the engine stores in `State.Health` of the container, and sets the exit code. */
function finish (ready: boolean, message: string): void {
  clearTimeout(timer)
  process.stdout.write(`${message}\n`)
  process.exitCode = ready ? 0 : 1
}
