import t from 'tap'

import { isError } from './error-response.js'
import { buildImage, docker, foreignImage, startService, until, TOKEN } from './kit.js'

void t.test('the HTTP contract of the real service process', async (t) => {
  const service = await startService(t)
  const echo = await foreignImage(t)
  // With the label of the runonce protocol, the service validates payloads before it creates a container.
  const ours = await buildImage(t, 'FROM debian:trixie-slim\nENTRYPOINT ["sh", "-c", "head -c 1 >/dev/null; echo no result"]\n', { 'runonce.protocol': '1', 'runonce.language': 'test' })

  await t.test('GET / identifies the service, without a token', async (t) => {
    const { status, body } = await service.request('/', { token: null })
    t.equal(status, 200)
    t.match(body, { name: 'runonce', version: /^\d+\.\d+\.\d+$/, description: String })
  })

  await t.test('GET /version requires a token and describes the engine', async (t) => {
    t.equal((await service.request('/version', { token: null })).status, 401)
    const { status, body } = await service.request('/version')
    const version = await docker.version()
    t.equal(status, 200)
    t.match(body.docker, { version: version.Version, apiVersion: version.ApiVersion, os: 'linux', arch: version.Arch, kernelVersion: version.KernelVersion })
    t.match(body.docker, { gitCommit: String, goVersion: String, buildTime: String, platform: { name: String }, components: [{ name: String, version: String }] })
    t.match(body.runonce.version, /^\d+\.\d+\.\d+$/)
  })

  await t.test('X-Access-Token and Bearer clients receive the same response', async (t) => {
    const body = { image: echo, payload: { files: [{ name: 'a', content: 'b' }] } }
    const bearer = await service.post('/run', body)
    const glot = await service.post('/run', body, { token: null, headers: { 'x-access-token': TOKEN } })
    t.equal(bearer.status, 200)
    t.equal(glot.status, 200)
    t.strictSame(glot.body, bearer.body)
  })

  for (const [title, headers] of Object.entries({
    'no token': {},
    'a wrong token': { authorization: 'Bearer wrong-wrong-wrong-wrong' },
    'a wrong X-Access-Token': { 'x-access-token': `${TOKEN}x` },
    'another scheme': { authorization: `Basic ${TOKEN}` }
  })) {
    for (const path of ['/run', '/run/python', '/', '/api/execute']) {
      await t.test(`${title} returns 401 from POST ${path} for any body`, async (t) => {
        const answer = await service.post(path, '{not json', { token: null, headers })
        isError(t, answer, 401, 'access_token')
        t.equal(answer.body.message, 'Missing or wrong access token')
      })
    }
  }

  const file = { name: 'main.py', content: '' }
  for (const [field, body] of Object.entries({
    image: { payload: {} },
    'payload.files': { image: ours, payload: {} },
    'payload.files[0].name': { image: ours, payload: { files: [{ content: '' }] } },
    'payload.files[1].content': { image: ours, payload: { files: [file, { name: 'x', content: 1 }] } },
    'payload.stdin': { image: ours, payload: { files: [file], stdin: 1 } },
    'payload.command': { image: ours, payload: { files: [file], command: ['ls'] } },
    'payload.args[0]': { image: ours, payload: { files: [file], args: [1] } },
    'payload.env.A': { image: ours, payload: { files: [file], env: { A: 1 } } },
    'payload.limits.time': { image: ours, payload: { files: [file], limits: { time: '1' } } },
    'limits.output': { image: ours, payload: { files: [file] }, limits: { output: 0.5 } },
    'payload.runInstructions.runCommand': { image: ours, payload: { files: [file], runInstructions: { buildCommands: [] } } }
  })) {
    await t.test(`an invalid ${field} returns 400, and the message names the field`, async (t) => {
      const answer = await service.post('/run', body)
      isError(t, answer, 400, 'request.invalid')
      t.ok(answer.body.message.includes(field), answer.body.message)
    })
  }

  for (const name of ['../x', '/etc/passwd', 'a/../../x', '', 'a\0b', 'a/', 'x'.repeat(256)]) {
    await t.test(`the file name ${JSON.stringify(name.slice(0, 20))} returns 400, and the message names the field`, async (t) => {
      const answer = await service.post('/run', { image: ours, payload: { files: [{ name, content: '' }] } })
      isError(t, answer, 400, 'request.invalid')
      t.match(answer.body.message, 'payload.files[0].name')
    })
  }

  await t.test('a payload without files and without a command returns 400', async (t) => {
    isError(t, await service.post('/run', { image: ours, payload: { files: [] } }), 400, 'request.invalid')
  })

  await t.test('a body that is not JSON returns 400', async (t) => {
    for (const body of ['{', '', '[]', 'null', '"text"']) isError(t, await service.post('/run', body), 400, 'request.invalid')
  })

  await t.test('an image with the protocol label that does not return a result causes a 500', async (t) => {
    const answer = await service.post('/run', { image: ours, payload: { files: [file] } })
    isError(t, answer, 500, 'coderunner.stdout.decode')
    t.match(answer.body.message, 'no result')
  })

  await t.test('an unsupported media type returns 415', async (t) => {
    isError(t, await service.post('/run', 'image=x', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 415, 'request.media_type')
  })

  await t.test('a body that exceeds RUN_MAX_PAYLOAD_SIZE returns 413', async (t) => {
    const answer = await service.post('/run', { image: ours, payload: { files: [{ name: 'x', content: 'x'.repeat(2_097_152) }] } })
    isError(t, answer, 413, 'request.too_large')
    t.match(answer.body.message, 'RUN_MAX_PAYLOAD_SIZE')
  })

  await t.test('an unknown path returns 404', async (t) => {
    isError(t, await service.request('/nowhere'), 404, 'not_found')
  })

  await t.test('an unsupported method returns 405 and lists the supported methods', async (t) => {
    const answer = await service.request('/run')
    isError(t, answer, 405, 'method_not_allowed')
    t.equal(answer.headers.get('allow'), 'POST')
  })

  await t.test('an unknown language returns 400 and lists the available languages', async (t) => {
    const { body: { languages } } = await service.request('/api/languages', { token: null })
    for (const answer of [
      await service.post('/run/klingon', { code: '' }),
      await service.post('/api/execute', { language: 'klingon', code: '' })
    ]) {
      isError(t, answer, 400, 'language.unsupported')
      t.match(answer.body.message, 'klingon')
      for (const language of languages) t.match(answer.body.message, language)
    }
  })

  await t.test('an image that DOCKER_IMAGE_ALLOW does not match returns 403', async (t) => {
    for (const image of ['debian:trixie-slim', 'runonce', 'runonce/a/b', 'evil/runonce/x']) {
      isError(t, await service.post('/run', { image, payload: {} }), 403, 'image.not_allowed')
    }
  })

  await t.test('an image that does not exist returns 400', async (t) => {
    const answer = await service.post('/run', { image: 'glot/not-there:latest', payload: {} })
    isError(t, answer, 400, 'docker.container.create')
    t.match(answer.body.message, 'glot/not-there:latest')
  })

  await t.test('an image whose label requests more than the caps returns 400, and the message has the values', async (t) => {
    const needs = { 'runonce.memory': '2000000000', 'runonce.processes': '9999' }
    for (const [label, value] of Object.entries(needs)) {
      const image = await buildImage(t, 'FROM debian:trixie-slim\nENTRYPOINT ["true"]\n', { 'runonce.protocol': '1', [label]: value })
      const answer = await service.post('/run', { image, payload: { files: [file] } })
      isError(t, answer, 400, 'image.needs_more')
      t.match(answer.body.message, value)
    }
  })

  await t.test('the response has the request ID of the client', async (t) => {
    const { headers } = await service.request('/', { headers: { 'x-request-id': 'abc-123' } })
    t.equal(headers.get('x-request-id'), 'abc-123')
  })

  await t.test('the log has a line for each run, without tokens and code', async (t) => {
    await service.post('/run', { image: echo, payload: { secret: 'rosebud' } }, { headers: { 'x-request-id': 'logged-run' } })
    const line = await until(() => service.logs.find(({ msg, requestId }) => msg === 'run' && requestId === 'logged-run'), 'the log line')
    t.match(line, { tokenName: 'default', image: echo, phasesMs: { create: Number, attach: Number, start: Number, total: Number } })
    const log = JSON.stringify(service.logs)
    t.notMatch(log, TOKEN)
    t.notMatch(log, 'rosebud')
  })
})
