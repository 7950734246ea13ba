import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'

import { spawnService, startService, until } from './kit.js'

const invalid: Record<string, string> = {
  SERVER_LISTEN_ADDR: 'nowhere',
  SERVER_LISTEN_PORT: '65536',
  SERVER_WORKER_THREADS: '0',
  DOCKER_UNIX_SOCKET_PATH: 'docker.sock',
  DOCKER_UNIX_SOCKET_READ_TIMEOUT: 'soon',
  DOCKER_CONTAINER_MEMORY: '256m',
  DOCKER_CONTAINER_NETWORK_DISABLED: 'yes',
  DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT: '-1',
  DOCKER_CONTAINER_READONLY_ROOTFS: '1',
  DOCKER_CONTAINER_TMP_DIR_PATH: 'tmp',
  DOCKER_CONTAINER_CPUS: '-1',
  RUN_MAX_EXECUTION_TIME: '0',
  RUN_MAX_OUTPUT_SIZE: '1e6',
  RUN_LIMITS_RESPONSE: 'maybe',
  RATE_LIMIT_IP_MAX: 'none',
  LOG_LEVEL: 'loud',
  REDIS_URL: 'http://localhost'
}

async function start (env: Record<string, string | undefined>) {
  const service = spawnService(env)
  const code = await service.exited
  return { code, lines: service.stderr.trim().split('\n'), logs: service.logs }
}

void t.test('all errors of the environment are reported at once, each on its own line', async (t) => {
  const { code, lines } = await start(invalid)
  t.not(code, 0)
  t.equal(lines.length, Object.keys(invalid).length, lines.join('\n'))
  for (const [name, value] of Object.entries(invalid)) {
    const line = lines.find((line) => line.startsWith(`${name}:`))
    t.ok(line, `${name} has a line`)
    t.ok(line?.includes(value), 'the line contains the value')
    t.match(line, /: must be /, 'the line contains the accepted values')
  }
})

void t.test('without a token the service does not start', async (t) => {
  for (const token of [undefined, '']) {
    const { code, lines } = await start({ API_ACCESS_TOKEN: token })
    t.not(code, 0)
    t.match(lines, [/^API_ACCESS_TOKEN: /])
    t.equal(lines.length, 1)
  }
})

void t.test('a weak token is rejected on any address other than loopback, and its value is hidden', async (t) => {
  for (const token of ['short-one', 'some-secret-token']) {
    const { code, lines } = await start({ API_ACCESS_TOKEN: token, SERVER_LISTEN_ADDR: '0.0.0.0' })
    t.not(code, 0)
    t.match(lines[0], /^API_ACCESS_TOKEN: /)
    t.notMatch(lines.join(), token)
  }
})

void t.test('startup fails with a message if the port is already in use', async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  const { code, logs } = await start({ SERVER_LISTEN_PORT: String(port) })
  taken.close()
  t.not(code, 0)
  t.match(logs.at(-1), { level: 'fatal', msg: /EADDRINUSE/ })
})

void t.test('an unknown variable that looks like a setting causes a warning with the most similar name', async (t) => {
  const service = spawnService({ RUN_MAX_EXECUTION_TIM: '3' })
  await t.resolves(new Promise<void>((resolve) => service.process.stdout?.on('data', () => {
    if (service.logs.some(({ msg }) => msg === 'listening')) resolve()
  })))
  t.ok(service.logs.some(({ level, msg }) => level === 'warn' && /RUN_MAX_EXECUTION_TIM\b.*RUN_MAX_EXECUTION_TIME/.test(String(msg))))
  t.equal(await service.stop(), 0)
})

void t.test('settings that the engine rejects cause warnings at startup that name the variable', async (t) => {
  const bad = { DOCKER_CONTAINER_CPUS: '4000', DOCKER_CONTAINER_RUNTIME: 'imaginary', DOCKER_CONTAINER_CAP_ADD: 'NOPE', DOCKER_CONTAINER_TMP_DIR_OPTIONS: 'rw,bogus=1' }
  const service = await startService(t, { env: bad })
  for (const name of Object.keys(bad)) {
    await until(() => service.logs.some(({ level, msg }) => level === 'warn' && String(msg).startsWith(`${name}: `)), `the warning of ${name}`)
  }
})
