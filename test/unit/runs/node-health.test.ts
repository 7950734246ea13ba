import t from 'tap'

import { containerCreateFailed, containerRefused, overloaded, ServiceError, stdoutDecodeFailed, streamReadFailed } from '../../../service/errors.js'
import { NodeHealth } from '../../../service/runs/node-health.js'
import type { ImageDescription } from '../../../service/runs/ports.js'
import { gate, languageImage, recordingLogger, serviceError, until } from '../fakes.js'

const PYTHON = languageImage('python')
const DISK_FULL = containerCreateFailed('no space left on device')

function start (t: { teardown: (work: () => Promise<void>) => void }) {
  const probes: Array<string | undefined> = []
  const state: { outcome: () => Promise<void> } = { outcome: async () => { throw DISK_FULL } }
  const { logger, lines } = recordingLogger()
  const health = new NodeHealth({
    probe: async (suspect: ImageDescription | undefined) => { probes.push(suspect?.ref); await state.outcome() },
    log: logger,
    probeDelaysMs: [20, 20_000]
  })
  t.teardown(async () => { await health.close() })
  const fail = async (error: unknown, times = 3) => {
    let last
    for (let i = 0; i < times; i++) last = await health.failed(error, PYTHON)
    return last
  }
  return { health, probes, state, lines, fail }
}

t.test('after three infrastructure errors and a failed probe the node is not ready, until a probe succeeds', async (t) => {
  const { health, probes, state, lines, fail } = start(t)
  t.equal(await fail(DISK_FULL, 2), DISK_FULL)
  t.same([probes, health.reason], [[], undefined])
  t.match(await health.failed(DISK_FULL, PYTHON), serviceError({ slug: 'overloaded', statusCode: 503, retryAfterSeconds: Number, cause: DISK_FULL }), 'another machine may serve the run')
  t.same(probes, [PYTHON.ref])
  t.equal(health.reason, 'Runs fail on this machine: no space left on device')
  t.throws(() => { health.refuseIfFailing() }, serviceError({ slug: 'overloaded', message: /no space left/ }))
  state.outcome = async () => {}
  await until(() => health.reason === undefined)
  t.doesNotThrow(() => { health.refuseIfFailing() })
  t.equal(await fail(DISK_FULL, 2), DISK_FULL, 'the count starts again')
  t.match(lines.join(''), /not ready: runs fail.*ready: runs work again/s)
  t.equal(lines.length, 2, 'each change is logged in one line')
})

t.test('a success between the errors resets the count', async (t) => {
  const { health, probes, fail } = start(t)
  for (let i = 0; i < 5; i++) {
    await fail(DISK_FULL, 2)
    health.succeeded()
  }
  t.same([probes, health.reason], [[], undefined])
})

t.test('a successful probe keeps the node ready, and resets the count', async (t) => {
  const { health, probes, state, fail } = start(t)
  state.outcome = async () => {}
  t.equal(await fail(DISK_FULL), DISK_FULL)
  t.same([probes.length, health.reason], [1, undefined])
  await fail(DISK_FULL, 2)
  t.equal(probes.length, 1)
})

t.test('only engine errors count', async (t) => {
  const { probes, fail } = start(t)
  const others = [
    containerRefused('no such image'), overloaded('The run queue is full', 1), stdoutDecodeFailed('x'), new ServiceError('clientGone', 'gone'), new Error('other')
  ]
  for (const error of others) t.equal(await fail(error), error)
  t.same(probes, [])
})

t.test('a run that may have started keeps its error', async (t) => {
  const { health, fail } = start(t)
  const lost = streamReadFailed('The container ended without a result')
  t.equal(await fail(lost), lost)
  t.not(health.reason, undefined)
})

t.test('only one probe runs at a time, and failed runs wait for its result', async (t) => {
  const { probes, state, fail, health } = start(t)
  const { opened, open } = gate()
  state.outcome = async () => { await opened; throw DISK_FULL }
  await fail(DISK_FULL, 2)
  const failed = [1, 2, 3].map(async () => await health.failed(DISK_FULL, PYTHON))
  open()
  t.match(await Promise.all(failed), Array(3).fill(serviceError({ slug: 'overloaded' })))
  t.equal(probes.length, 1)
})

t.test('the probe is repeated immediately after the engine recovers', async (t) => {
  const { health, probes, state, fail } = start(t)
  health.recheck()
  t.equal(probes.length, 0, 'no probe starts while the node is ready')
  await fail(DISK_FULL)
  await until(() => probes.length === 2)
  state.outcome = async () => {}
  health.recheck()
  await until(() => health.reason === undefined)
})

t.test('probes stop after the node is closed', async (t) => {
  const { health, probes, fail } = start(t)
  await fail(DISK_FULL)
  await health.close()
  health.recheck()
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(probes.length, 1)
})
