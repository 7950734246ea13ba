import { execFile } from 'node:child_process'
import { chmod } from 'node:fs/promises'

import t from 'tap'

import { faultEngine } from './fault-engine.js'
import { buildImage, docker, needImages, socketPath, TOKEN } from './kit.js'

interface Check { name: string, state: string, detail: string, advice?: string }
interface Report { verdict: string, seconds: number, checks: Check[], code: number }

/** Runs a command as root without the capabilities that bypass file permissions: setpriv(1). */
const SETPRIV = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--inh-caps', '-dac_override,-dac_read_search']

/** Runs the built doctor on the engine of the tests. */
async function doctor (env: Record<string, string>, wrapper: string[] = []): Promise<Report> {
  const [command = '', ...args] = [...wrapper, process.execPath, 'dist/doctor.js', '--json']
  return await new Promise((resolve, reject) => {
    execFile(command, args, {
      env: { PATH: process.env.PATH, API_ACCESS_TOKEN: TOKEN, DOCKER_UNIX_SOCKET_PATH: socketPath, DOCKER_UNIX_SOCKET_READ_TIMEOUT: '30', DOCKER_IMAGE_ALLOW: 'runonce/python', ...env }
    }, (error, stdout, stderr) => {
      if (stdout === '') reject(error ?? new Error(stderr))
      else resolve({ ...JSON.parse(stdout) as Report, code: typeof error?.code === 'number' ? error.code : 0 })
    })
  })
}

function failures ({ checks }: Report): Check[] {
  return checks.filter(({ state }) => state === 'failed')
}

t.test('the engine of the tests is green in every line', async (t) => {
  await needImages('python')
  const report = await doctor({})
  t.same(report.checks.filter(({ state }) => state !== 'ok' && state !== 'info'), [])
  t.match(report, { verdict: 'ok', code: 0 })
  t.comment(`${report.seconds} s`)
})

t.test('without an engine and without permission, the line of the engine is red', async (t) => {
  const missing = await doctor({ DOCKER_UNIX_SOCKET_PATH: '/nonexistent/docker.sock' })
  t.match(missing, { code: 2, checks: [{ name: 'engine', state: 'failed', detail: 'there is no socket at /nonexistent/docker.sock' }] })
  const path = await faultEngine(t, () => undefined)
  await chmod(path, 0)
  const denied = await doctor({ DOCKER_UNIX_SOCKET_PATH: path }, SETPRIV)
  t.match(denied, { code: 2, checks: [{ name: 'engine', state: 'failed', detail: `this user has no permission for ${path}`, advice: /usermod -aG docker|--group-add/ }] })
})

t.test('missing images are red', async (t) => {
  const report = await doctor({ DOCKER_IMAGE_ALLOW: 'none/*' })
  t.match(failures(report), [{ name: 'images', advice: /npm run images/ }])
  t.equal(report.code, 2)
})

t.test('images of an old protocol are red, and their runs still prove the limits', async (t) => {
  const tag = await buildImage(t, 'FROM runonce/python:latest\nLABEL runonce.protocol=1 runonce.language=doctor\n')
  await docker.getImage(tag).tag({ repo: 'runonce/doctor', tag: 'latest' })
  t.teardown(async () => { await docker.getImage('runonce/doctor:latest').remove({ force: true }).catch(() => {}) })
  const report = await doctor({ DOCKER_IMAGE_ALLOW: 'runonce/doctor' })
  t.match(failures(report), [{ name: 'image protocol', advice: 'rebuild: npm run images -- doctor' }])
  t.equal(failures(report).length, 1)
  t.match(report.checks.find(({ name }) => name === 'memory limit'), { state: 'ok' })
})

t.test('an engine that reports no memory limit is red in the line of the controller', async (t) => {
  const info = JSON.stringify({ ...await docker.info() as object, MemoryLimit: false, SwapLimit: false })
  const response = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(info)}\r\n\r\n${info}`
  const path = await faultEngine(t, (request) => / \/(v[\d.]+\/)?info /.test(request) ? Buffer.from(response) : undefined)
  t.match(failures(await doctor({ DOCKER_UNIX_SOCKET_PATH: path })), [{ name: 'memory controller', detail: /DOCKER_CONTAINER_MEMORY/ }])
})

t.test('an engine that cannot start containers because its disk is full is red in the line of the disk', async (t) => {
  const body = JSON.stringify({ message: 'mkdir /var/lib/docker/overlay2/x: no space left on device' })
  const response = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const path = await faultEngine(t, (request) => /^POST .*\/containers\/create/.test(request) ? response : undefined)
  t.match(failures(await doctor({ DOCKER_UNIX_SOCKET_PATH: path })).map(({ name }) => name), ['run', 'disk'])
})
