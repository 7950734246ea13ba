import { connect } from 'node:net'
import t from 'tap'

import { foreignImage, startService, until, TOKEN, type Service } from './kit.js'
import { isNear } from './patience.js'

/** Longest time in seconds for which a client that stops reading delays the stop. */
const HOLD_SECONDS = 10

void t.test('a connection without a request does not delay the stop', async (t) => {
  const service = await startService(t)
  const silent = connect(Number(new URL(service.url).port), '127.0.0.1')
  silent.on('error', () => {})
  t.teardown(async () => { silent.destroy() })
  await new Promise((resolve) => silent.once('connect', resolve))
  const stoppedAt = Date.now()
  t.equal(await service.stop(), 0)
  t.ok(Date.now() - stoppedAt < HOLD_SECONDS * 1000, `${Date.now() - stoppedAt} ms`)
})

void t.test('a slow client receives its whole response before the service stops, and a second signal stops the service immediately', async (t) => {
  const image = await foreignImage(t, ['perl', '-e', 'local $/; <STDIN>; print q({"stdout":"), "x" x 32_000_000, q(","stderr":"","error":""})'])
  for (const second of [false, true]) {
    const service = await startService(t, { env: { RUN_MAX_OUTPUT_SIZE: '40000000', DOCKER_CONTAINER_MEMORY: '512000000' }, endedByTest: second })
    const body = JSON.stringify({ image, payload: {} })
    const client = connect(Number(new URL(service.url).port), '127.0.0.1')
    let bytes = 0
    client.on('error', () => {})
    client.write(`POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    const first = await new Promise<Buffer>((resolve) => client.once('data', (chunk: Buffer) => { client.pause(); resolve(chunk) }))
    client.on('data', (chunk) => { bytes += chunk.length })
    const [head = ''] = first.toString('latin1').split('\r\n\r\n', 1)
    const expected = Number(/^content-length: (\d+)\r?$/im.exec(head)?.[1])
    t.ok(expected > 32_000_000)
    const closed = new Promise((resolve) => client.once('close', resolve))
    const stoppedAt = Date.now()
    const exited = service.stop()
    if (second) {
      await untilStopping(service)
      service.process.kill('SIGTERM')
      t.not(await exited, 0)
      t.ok(Date.now() - stoppedAt < HOLD_SECONDS * 1000, `${Date.now() - stoppedAt} ms`)
      client.destroy()
      continue
    }
    await untilStopping(service)
    client.resume()
    await closed
    t.equal(bytes + first.length - head.length - 4, expected)
    t.equal(await exited, 0)
  }
})

void t.test(`a client that stops reading delays the stop by at most ${HOLD_SECONDS} seconds`, async (t) => {
  const image = await foreignImage(t, ['perl', '-e', 'local $/; <STDIN>; print q({"stdout":"), "x" x 32_000_000, q(","stderr":"","error":""})'])
  const service = await startService(t, { env: { RUN_MAX_OUTPUT_SIZE: '40000000', DOCKER_CONTAINER_MEMORY: '512000000' } })
  const body = JSON.stringify({ image, payload: {} })
  const client = connect(Number(new URL(service.url).port), '127.0.0.1')
  client.on('error', () => {})
  t.teardown(async () => { client.destroy() })
  client.write(`POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  await new Promise<void>((resolve) => client.once('data', () => { client.pause(); resolve() }))
  const stoppedAt = Date.now()
  t.equal(await service.stop(), 0)
  isNear(t, (Date.now() - stoppedAt) / 1000, HOLD_SECONDS)
})

/** Waits until the service starts to stop. */
async function untilStopping (service: Service): Promise<void> {
  await until(async () => (await service.request('/readyz')).status === 503, 'the start of the shutdown')
}
