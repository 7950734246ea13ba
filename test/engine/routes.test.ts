import t from 'tap'

import { buildImage, docker, needImages, startService, until } from './kit.js'

/** The default time limit of the service, in milliseconds. */
const TIME_LIMIT_MS = 10_000
const ALL = ['python', 'javascript', 'typescript', 'ruby', 'java', 'c', 'cpp', 'go', 'bash', 'plaintext']

void t.test('the routes that accept code', async (t) => {
  await needImages(...ALL)
  const service = await startService(t)

  await t.test('POST /run/:language accepts code and input, by name or alias', async (t) => {
    for (const language of ['python', 'py', 'py3', 'Python']) {
      const { status, body } = await service.post(`/run/${language}`, { code: 'print("got", input())', input: 'this' })
      t.equal(status, 200)
      t.match(body, { stdout: 'got this\n', stderr: '', error: '', outcome: 'completed', exitCode: 0 })
    }
    const { body } = await service.post('/run/javascript', { code: 'console.log(1 + 1)' })
    t.match(body, { stdout: '2\n' })
    t.match((await service.post('/run/c%2B%2B', { code: '#include <cstdio>\nint main() { puts("c++"); }' })).body, { stdout: 'c++\n' })
  })

  await t.test('POST / runs Python', async (t) => {
    const { status, body } = await service.post('/', { code: 'import sys\nprint(sys.version_info.major)' })
    t.equal(status, 200)
    t.match(body, { stdout: '3\n' })
  })

  await t.test('null input counts as empty input', async (t) => {
    t.match((await service.post('/', { code: 'import sys\nprint(repr(sys.stdin.read()))', input: null })).body, { stdout: "''\n" })
  })

  await t.test('POST /api/execute has its own response format', async (t) => {
    const { status, body } = await service.post('/api/execute', { language: 'python', code: 'import sys\nprint(input())\nprint("e", file=sys.stderr)', input: 'i' })
    t.equal(status, 200)
    t.match(body, { stdout: 'i\n', stderr: 'e\n', exitCode: 0 })
    t.ok(body.executionTime > 0 && body.executionTime < TIME_LIMIT_MS, `${body.executionTime} ms`)
    t.strictSame(Object.keys(body).sort(), ['executionTime', 'exitCode', 'stderr', 'stdout'])
  })

  for (const [title, code, exitCode, error] of [
    ['an exit code', 'raise SystemExit(7)', 7, /Exit code: 7/],
    ['termination by SIGSEGV as 139', 'import os\nos.kill(os.getpid(), 11)', 139, /SIGSEGV/],
    ['termination by SIGKILL as 137', 'import os\nos.kill(os.getpid(), 9)', 137, /SIGKILL/]
  ] as const) {
    await t.test(`POST /api/execute reports ${title}`, async (t) => {
      const { status, body } = await service.post('/api/execute', { language: 'python', code })
      t.equal(status, 200)
      t.match(body, { exitCode, error })
    })
  }

  await t.test('html and css return their content', async (t) => {
    for (const language of ['html', 'css', 'plaintext']) {
      const { status, body } = await service.post('/api/execute', { language, code: '<b>ü</b>\n' })
      t.equal(status, 200)
      t.match(body, { stdout: '<b>ü</b>\n', exitCode: 0 })
    }
  })

  await t.test('a public Java class with any name runs', async (t) => {
    const { body } = await service.post('/run/java', { code: 'public class Whatever { public static void main(String[] args) { System.out.println("java"); } }' })
    t.match(body, { stdout: 'java\n' }, body.stderr)
  })

  await t.test('code that exceeds RUN_MAX_CODE_SIZE returns 413 on each route', async (t) => {
    const code = '#' + 'é'.repeat(25_000)
    for (const [path, body] of [['/run/python', { code }], ['/', { code }], ['/api/execute', { code, language: 'python' }]] as const) {
      const answer = await service.post(path, body)
      t.equal(answer.status, 413)
      t.match(answer.body, { error: 'request.too_large', message: /RUN_MAX_CODE_SIZE/ })
    }
  })

  await t.test('the error names a missing or wrong field', async (t) => {
    for (const [path, body, field] of [
      ['/run/python', {}, 'code'],
      ['/run/python', { code: 1 }, 'code'],
      ['/', { code: '', input: 1 }, 'input'],
      ['/api/execute', { code: '' }, 'language'],
      ['/api/execute', { language: 'python' }, 'code']
    ] as const) {
      const answer = await service.post(path, body)
      t.equal(answer.status, 400)
      t.equal(answer.body.error, 'request.invalid')
      t.match(answer.body.message, field)
    }
  })
})

void t.test('the service describes itself', async (t) => {
  const service = await startService(t)

  await t.test('GET /api/languages lists the languages of existing images, html and css', async (t) => {
    const { status, body } = await service.request('/api/languages', { token: null })
    t.equal(status, 200)
    for (const name of [...ALL, 'html', 'css']) t.ok(body.languages.includes(name), name)
  })

  await t.test('GET /api/languages?details=1 returns name, aliases, version, image, main and hello', async (t) => {
    const { body } = await service.request('/api/languages?details=1', { token: null })
    const python = body.languages.find(({ name }: { name: string }) => name === 'python')
    const { Config } = await docker.getImage('runonce/python:latest').inspect()
    t.strictSame(python, {
      name: 'python',
      aliases: ['py', 'py3', 'python3'],
      version: Config.Labels['runonce.version'],
      image: 'runonce/python:latest',
      main: 'main.py',
      hello: Config.Labels['runonce.hello']
    })
    t.match(python.version, /^3\.\d+\.\d+/)
  })

  await t.test('the list includes new images and excludes removed images', async (t) => {
    const tag = await buildImage(t, 'FROM debian:trixie-slim\n', { 'runonce.protocol': '1', 'runonce.language': 'test-language' })
    const isListed = async () => (await service.request('/api/languages', { token: null })).body.languages.includes('test-language')
    t.equal(await isListed(), false, 'a label alone is not sufficient')
    await docker.getImage(tag).tag({ repo: 'runonce/test-language', tag: 'latest' })
    await until(isListed, 'the image to be listed')
    await docker.getImage('runonce/test-language:latest').remove()
    await until(async () => !await isListed(), 'the image to disappear from the list')
  })

  await t.test('GET /api/health', async (t) => {
    const askedAt = Date.now()
    const { status, body } = await service.request('/api/health', { token: null })
    t.equal(status, 200)
    t.match(body, { status: 'ok', service: 'code-execution' })
    const at = Date.parse(body.timestamp)
    t.ok(at >= askedAt && at <= Date.now(), body.timestamp)
  })

  await t.test('GET /livez and /readyz', async (t) => {
    t.equal((await service.request('/livez', { token: null })).status, 200)
    t.equal((await service.request('/readyz', { token: null })).status, 200)
  })

  await t.test('GET /openapi.json and /docs describe every route', async (t) => {
    const { status, body } = await service.request('/openapi.json', { token: null })
    t.equal(status, 200)
    for (const path of ['/', '/version', '/run', '/run/{language}', '/api/execute', '/api/languages', '/api/health', '/readyz', '/livez']) {
      t.ok(body.paths[path], path)
    }
    t.equal((await service.request('/docs/', { token: null })).status, 200)
  })
})
