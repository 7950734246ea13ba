import t from 'tap'

import { foreignImage, startService, until } from './kit.js'
import { isNear } from './patience.js'

const LIMITS = { RUN_MAX_EXECUTION_TIME: '1', RUN_MAX_OUTPUT_SIZE: '1000' }

void t.test('a foreign image', async (t) => {
  const service = await startService(t, { env: LIMITS })
  const patient = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: '50' } })

  await t.test('receives the payload byte for byte and EOF, and its result is returned', async (t) => {
    const image = await foreignImage(t)
    const payload = '{ "n": 12345678901234567890, "a": 1, "a": 2,\n "s": "\\u00e9\\/é" }'
    const { status, body } = await service.post('/run', `{"image": "${image}", "payload": ${payload}}`)
    t.equal(status, 200)
    t.equal(Buffer.from(body.stdout, 'latin1').toString(), payload)
    t.strictSame(Object.keys(body), ['stdout', 'stderr', 'error'], 'nothing is added')
  })

  await t.test('is killed at the time limit', async (t) => {
    const image = await foreignImage(t, ['sh', '-c', 'while :; do sleep 0.1; done'])
    const { status, body } = await service.post('/run', { image, payload: {} })
    t.equal(status, 200)
    t.match(body, { outcome: 'timeout', exitCode: null })
    t.ok(body.error.length > 0)
    isNear(t, body.duration / 1e9, 1)
    await until(async () => (await service.containers()).length === 0, 'the removal of the container')
  })

  await t.test('is killed at a lower time limit in the request', async (t) => {
    const image = await foreignImage(t, ['sleep', '60'])
    const { body, ms } = await patient.post('/run', { image, payload: {}, limits: { time: 0.2 } })
    t.match(body, { outcome: 'timeout' })
    t.ok(ms < 50_000, `before the service's own limit: ${ms} ms`)
  })

  await t.test('is killed at the output limit', async (t) => {
    const image = await foreignImage(t, ['sh', '-c', 'while :; do echo 0123456789; done'])
    const { status, body } = await service.post('/run', { image, payload: {} })
    t.equal(status, 200)
    t.match(body, { outcome: 'output_limit' })
  })

  for (const [title, entrypoint, message] of [
    ['whose output is not a result returns 500 with a quotation of the output', ['sh', '-c', 'cat >/dev/null; echo nonsense'], /nonsense/],
    ['whose JSON lacks the three fields returns 500', ['sh', '-c', 'cat >/dev/null; echo \'{"stdout": "only"}\''], /./],
    ['that exits without output returns 500', ['false'], /./]
  ] as Array<[string, string[], RegExp]>) {
    await t.test(title, async (t) => {
      const { status, body } = await service.post('/run', { image: await foreignImage(t, entrypoint), payload: {} })
      t.equal(status, 500)
      t.match(body, { error: 'coderunner.stdout.decode', message })
    })
  }

  await t.test('that writes to stderr returns 500 with a quotation of at most 200 bytes', async (t) => {
    const image = await foreignImage(t, ['sh', '-c', 'cat >/dev/null; printf "oops%0300d" 7 >&2; echo \'{"stdout":"","stderr":"","error":""}\''])
    const { status, body } = await service.post('/run', { image, payload: {} })
    t.equal(status, 500)
    t.equal(body.error, 'coderunner.stderr')
    t.match(body.message, 'oops000')
    t.notMatch(body.message, '0'.repeat(197))
  })

  await t.test('whose entry point is missing returns 500', async (t) => {
    const image = await foreignImage(t, ['/no/such/program'])
    const { status, body } = await service.post('/run', { image, payload: {} })
    t.match({ status, error: body.error }, { error: /^docker\.container\.(start|create)$/ })
    t.equal(status, body.error === 'docker.container.start' ? 500 : 400)
    await until(async () => (await service.containers()).length === 0, 'the removal of the container')
  })

  await t.test('that exceeds its memory limit returns out_of_memory, as reported by the engine', async (t) => {
    const image = await foreignImage(t, ['perl', '-e', 'my $x = "x" x 400_000_000; print length $x'])
    const { status, body } = await patient.post('/run', { image, payload: {} })
    t.equal(status, 200)
    t.match(body, { outcome: 'out_of_memory' })
  })

  await t.test('runs as nobody if it does not specify a user', async (t) => {
    const image = await foreignImage(t, ['sh', '-c', 'cat >/dev/null; printf \'{"stdout":"%s","stderr":"","error":""}\' $(id -u)'])
    const { body } = await service.post('/run', { image, payload: null })
    t.equal(body.stdout, '65534')
  })
})
