import t from 'tap'

import { readConfig, type Environment } from '../../../service/config/config.js'
import { errorsOf } from './errors-of.js'

const TOKEN = 'correct-horse-battery-staple'
const MEBIBYTE = 1024 * 1024

const read = (env: Environment = {}) => readConfig({ API_ACCESS_TOKEN: TOKEN, ...env })

t.test('a DOCKER_HOST with a different engine causes a warning', async (t) => {
  for (const host of ['tcp://127.0.0.1:2375', 'ssh://user@example.org', 'unix:///run/user/1000/docker.sock']) {
    t.same(read({ DOCKER_HOST: host }).warnings, ['DOCKER_HOST: has no effect: the service uses the socket at DOCKER_UNIX_SOCKET_PATH (/var/run/docker.sock)'], host)
  }
  t.same(read({ DOCKER_HOST: 'unix:///run/other.sock', DOCKER_UNIX_SOCKET_PATH: '/run/other.sock' }).warnings, [])
  t.same(read({ DOCKER_HOST: '' }).warnings, [])
})

t.test('quotes around a value cause an error, and quotes around a token a warning; a trailing carriage return without effect causes a warning', async (t) => {
  for (const name of ['DOCKER_IMAGE_ALLOW', 'POOL_IMAGES', 'DOCKER_CONTAINER_USER', 'DOCKER_CONTAINER_RUNTIME', 'DOCKER_CONTAINER_TMP_DIR_OPTIONS', 'DOCKER_CONTAINER_CAP_ADD', 'RUN_MAX_EXECUTION_TIME', 'DOCKER_UNIX_SOCKET_PATH', 'LOG_LEVEL']) {
    for (const value of ['"runonce/c"', '\'runonce/c\'']) {
      t.match(errorsOf({ API_ACCESS_TOKEN: TOKEN, [name]: value }), [new RegExp(`^${name}: invalid value `)], `${name}=${value}`)
    }
  }
  const { tokens, warnings } = read({ API_ACCESS_TOKEN: `"${TOKEN}"`, API_ACCESS_TOKENS: 'a:\'another-good-token\' b:a-"third"-good-token\r', DOCKER_IMAGE_ALLOW: 'runonce/*\r', POOL_IMAGES: 'runonce/c\r' })
  t.same(tokens.map(({ token }) => token), [`"${TOKEN}"`, '\'another-good-token\'', 'a-"third"-good-token'], 'tokens are unchanged')
  t.match(warnings.sort(), [
    /^API_ACCESS_TOKEN: the token begins and ends with a quote/, /^API_ACCESS_TOKENS, a: the token begins and ends with a quote/,
    /^API_ACCESS_TOKENS: .* carriage return/, /^DOCKER_IMAGE_ALLOW: .* carriage return/, /^POOL_IMAGES: .* carriage return/
  ])
  t.equal(warnings.length, 5)
  t.notMatch(warnings.join(''), /horse|another-good|third/, 'warnings do not contain tokens')
})

t.test('variables that only glot uses cause warnings', async (t) => {
  t.same(read({ DOCKER_CLEANUP_WORKER_THREADS: '10', DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT: '3' }).warnings, [
    'DOCKER_CLEANUP_WORKER_THREADS: has no effect; only glot docker-run uses it',
    'DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT: has no effect; only glot docker-run uses it'
  ])
  t.same(read({ DOCKER_CLEANUP_WORKER_THREADS: '' }).warnings, [], 'an empty variable counts as absent')
  t.match(errorsOf({ API_ACCESS_TOKEN: TOKEN, DOCKER_CLEANUP_WORKER_THREADS: '0', DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT: 'x' }), [/^DOCKER_CLEANUP_WORKER_THREADS: /, /^DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT: /])
})

t.test('a memory limit that the two tmpfs can exhaust causes a warning', async (t) => {
  const warns = (env: Environment) => read(env).warnings.some((line) => line.startsWith('DOCKER_CONTAINER_MEMORY: '))
  const least = (64 + 128 + 16 + 32) * MEBIBYTE
  t.notOk(warns({}), 'the defaults leave enough memory')
  t.notOk(warns({ DOCKER_CONTAINER_MEMORY: String(least) }))
  t.ok(warns({ DOCKER_CONTAINER_MEMORY: String(least - 1) }))
  t.notOk(warns({ DOCKER_CONTAINER_MEMORY: String(least - 64 * MEBIBYTE), DOCKER_CONTAINER_TMP_DIR_PATH: '' }), 'a disabled tmpfs does not count')
  for (const [size, expected] of [['64m', false], ['65536k', false], ['67108864', false], ['1g', true], ['1G', true], ['50%', true]] as const) {
    t.equal(warns({ DOCKER_CONTAINER_TMP_DIR_OPTIONS: `rw,size=${size}` }), expected, size)
  }
  t.ok(warns({ DOCKER_CONTAINER_TMP_DIR_OPTIONS: 'rw' }), 'a tmpfs without a size')
})
