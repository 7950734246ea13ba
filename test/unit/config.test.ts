import { availableParallelism } from 'node:os'

import t from 'tap'

import { ConfigError, readConfig } from '../../service/config.js'
import type { Environment } from '../../service/config/variables.js'

const TOKEN = 'correct-horse-battery-staple'
const MEBIBYTE = 1024 * 1024

const read = (env: Environment = {}) => readConfig({ API_ACCESS_TOKEN: TOKEN, ...env })

function faults (env: Environment): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

const WHOLE = ['x', '1.5', '-1', '1e3', '0x10', ' 1', '1 ', ' 5 ', '1_000', '1,000', '-0', '9007199254740993', '+1', '１', '9'.repeat(400)]
const SECONDS = ['0', '0.0', 'x', '-1', '1s', '1e1', '0x10', ' 5 ', '+1', '1,5', '86401', '.', 'NaN', 'Infinity']
const BOOL = ['yes', '1', '0', 'TRUE', 'on']
const path = (config: unknown, dotted: string): unknown => dotted.split('.').reduce((value, key) => (value as Record<string, unknown>)?.[key], config)

/** Variable, where it is in the config, default, a good value, what becomes of it, bad values. */
const VARIABLES: Array<[string, string, unknown, string, unknown, string[]]> = [
  ['SERVER_LISTEN_ADDR', 'listen.address', '127.0.0.1', '::1', '::1', ['somewhere', '127.0.0.1:80', '256.0.0.1', '1.2.3']],
  ['SERVER_LISTEN_PORT', 'listen.port', 8088, '0', 0, [...WHOLE, '65536']],
  ['SERVER_WORKER_THREADS', 'admission.concurrency', 2 * availableParallelism(), '3', 3, [...WHOLE, '0', '10001']],
  ['SERVER_DOCS', 'docs.on', true, 'false', false, BOOL],
  ['SERVER_METRICS', 'metrics.on', true, 'false', false, BOOL],
  ['SERVER_DOCS_PORT', 'docs.port', undefined, '9090', 9090, [...WHOLE, '65536', '8088']],
  ['SERVER_METRICS_PORT', 'metrics.port', undefined, '0', 0, [...WHOLE, '65536', '8088']],
  ['DOCKER_UNIX_SOCKET_PATH', 'engine.socketPath', '/var/run/docker.sock', '/x/y.sock', '/x/y.sock', ['docker.sock', 'unix:///x', 'tcp://x']],
  ['DOCKER_UNIX_SOCKET_READ_TIMEOUT', 'engine.readTimeoutMs', 3000, '5', 5000, SECONDS],
  ['DOCKER_UNIX_SOCKET_WRITE_TIMEOUT', 'engine.writeTimeoutMs', 3000, '0.5', 500, SECONDS],
  ['DOCKER_CONTAINER_HOSTNAME', 'container.hostname', 'runonce', 'glot', 'glot', ['-x', 'a b', 'x'.repeat(64), 'a_b', 'é']],
  ['DOCKER_CONTAINER_USER', 'container.user', undefined, 'glot', 'glot', []],
  ['DOCKER_CONTAINER_MEMORY', 'container.memoryBytes', 268_435_456, '280000000', 280_000_000, [...WHOLE, '0', '6291455', '500M']],
  ['DOCKER_CONTAINER_NETWORK_DISABLED', 'container.networkDisabled', true, 'false', false, BOOL],
  ['DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT', 'container.nofileSoft', 1024, '100', 100, [...WHOLE, '15']],
  ['DOCKER_CONTAINER_ULIMIT_NOFILE_HARD', 'container.nofileHard', 1024, '2048', 2048, [...WHOLE, '15']],
  ['DOCKER_CONTAINER_ULIMIT_NPROC_SOFT', 'container.processes', 128, '90', 90, [...WHOLE, '0']],
  ['DOCKER_CONTAINER_ULIMIT_NPROC_HARD', 'container.processes', 128, '100', 100, [...WHOLE, '0']],
  ['DOCKER_CONTAINER_CAP_DROP', 'container.capDrop', ['ALL'], 'MKNOD  NET_RAW ', ['MKNOD', 'NET_RAW'], []],
  ['DOCKER_CONTAINER_CAP_ADD', 'container.capAdd', [], 'SYS_PTRACE', ['SYS_PTRACE'], []],
  ['DOCKER_CONTAINER_READONLY_ROOTFS', 'container.readonlyRootfs', true, 'false', false, BOOL],
  ['DOCKER_CONTAINER_TMP_DIR_PATH', 'container.tmpDir.path', '/tmp', '/var/tmp', '/var/tmp', ['tmp', './tmp', '/a\0b', '/', '//', '/x/..']],
  ['DOCKER_CONTAINER_TMP_DIR_OPTIONS', 'container.tmpDir.options', 'rw,noexec,nosuid,size=65536k,mode=1777', 'rw,size=1m', 'rw,size=1m,mode=1777', []],
  ['DOCKER_CONTAINER_WORK_DIR_PATH', 'container.workDir.path', '/work', '/home/glot', '/home/glot', ['work', '/tmp', '/tmp/', '//tmp', '/x/../tmp', '/']],
  ['DOCKER_CONTAINER_WORK_DIR_OPTIONS', 'container.workDir.options', 'rw,exec,nosuid,size=131072k,mode=1777', 'rw,uid=7', 'rw,uid=7', []],
  ['DEBUG_KEEP_CONTAINER', 'container.keep', false, 'true', true, BOOL],
  ['RUN_MAX_EXECUTION_TIME', 'run.timeMs', 10_000, '2.5', 2500, SECONDS],
  ['RUN_MAX_OUTPUT_SIZE', 'run.outputBytes', 1_048_576, '100000', 100_000, [...WHOLE, '0']],
  ['DOCKER_CONTAINER_RUNTIME', 'container.runtime', undefined, 'crun', 'crun', []],
  ['DOCKER_CONTAINER_CPUS', 'container.cpus', 1, '0.5', 0.5, ['0', '0.009', 'x', '-1', '1e1', '4097']],
  ['DOCKER_CONTAINER_CPU_SHARES', 'container.cpuShares', 256, '2', 2, [...WHOLE, '1']],
  ['DOCKER_CONTAINER_MEMORY_CAP', 'container.memoryCapBytes', 1_073_741_824, '300000000', 300_000_000, [...WHOLE, '268435455']],
  ['DOCKER_CONTAINER_NPROC_CAP', 'container.processesCap', 512, '128', 128, [...WHOLE, '127']],
  ['DOCKER_IMAGE_ALLOW', 'imageAllow', ['runonce/*', 'glot/*'], 'a/*  b', ['a/*', 'b'], []],
  ['RUN_LIMITS_RESPONSE', 'run.limitsResponse', 'result', 'error', 'error', ['Error', 'x', '400']],
  ['RUN_MAX_BUILD_TIME', 'run.buildTimeMs', undefined, '2.5', 2500, SECONDS],
  ['RUN_MAX_PAYLOAD_SIZE', 'run.payloadBytes', 2_097_152, '1000', 1000, [...WHOLE, '0']],
  ['RUN_MAX_CODE_SIZE', 'run.codeBytes', 50_000, '1000', 1000, [...WHOLE, '0']],
  ['RUN_QUEUE_SIZE', 'admission.queueSize', 100, '0', 0, WHOLE],
  ['RUN_QUEUE_TIMEOUT', 'admission.queueTimeoutMs', 10_000, '0.001', 1, SECONDS],
  ['RATE_LIMIT_IP_MAX', 'rateLimit.addressMax', undefined, '5', 5, [...WHOLE, '0']],
  ['RATE_LIMIT_TOKEN_MAX', 'rateLimit.tokenMax', undefined, '5', 5, [...WHOLE, '0']],
  ['RATE_LIMIT_WINDOW', 'rateLimit.windowMs', 60_000, '1', 1000, SECONDS],
  ['REDIS_URL', 'rateLimit.redisUrl', undefined, 'redis://127.0.0.1:6379', 'redis://127.0.0.1:6379', ['http://x', 'redis', 'redis://:x:y']],
  ['LOG_LEVEL', 'logLevel', 'info', 'debug', 'debug', ['INFO', 'verbose']]
]

t.test('each variable has its default, takes a good value, and refuses each kind of bad one', async (t) => {
  for (const [name, where, fallback, good, becomes, bad] of VARIABLES) {
    t.same(path(read(), where), fallback, `${name}: default`)
    t.same(path(read({ [name]: good }), where), becomes, `${name}=${good}`)
    for (const value of bad) {
      const lines = faults({ API_ACCESS_TOKEN: TOKEN, [name]: value })
      t.equal(lines.length, 1, `${name}=${value.slice(0, 20)}: one fault`)
      t.ok(lines[0]?.startsWith(`${name}: got `), String(lines[0]))
      t.match(lines[0], /, takes \S/)
      if (name !== 'REDIS_URL') t.ok(lines[0]?.includes(JSON.stringify(value)), `${name}: what it got`)
    }
  }
})

t.test('an empty variable is an absent one, but where «none» is a choice', async (t) => {
  for (const [name, where, fallback] of VARIABLES.filter(([name]) => !/_PATH$|CAP_DROP/.test(name) || name.startsWith('DOCKER_UNIX'))) {
    t.same(path(read({ [name]: '' }), where), fallback, name)
  }
  const { container } = read({ DOCKER_CONTAINER_TMP_DIR_PATH: '', DOCKER_CONTAINER_WORK_DIR_PATH: '', DOCKER_CONTAINER_CAP_DROP: '' })
  t.same([container.tmpDir, container.workDir, container.capDrop], [undefined, undefined, []])
  t.equal(read({ RATE_LIMIT_IP_MAX: 'off' }).rateLimit.addressMax, undefined)
})

t.test('all faults are told at once, a line each', async (t) => {
  const lines = faults({ SERVER_LISTEN_PORT: 'x', LOG_LEVEL: 'y', RUN_QUEUE_SIZE: 'z' })
  t.match(lines.map((line) => line.split(':')[0]).sort(), ['API_ACCESS_TOKEN', 'LOG_LEVEL', 'RUN_QUEUE_SIZE', 'SERVER_LISTEN_PORT'])
  t.ok(lines.every((line) => !line.includes('\n')))
})

t.test('the service does not start without a token', async (t) => {
  for (const env of [{}, { API_ACCESS_TOKEN: '' }, { API_ACCESS_TOKENS: `a:${TOKEN}` }]) t.match(faults(env), [/^API_ACCESS_TOKEN: got .*, takes the token/], JSON.stringify(env))
})

t.test('a weak token is a warning on loopback and a fault elsewhere; its value is in neither', async (t) => {
  for (const token of ['too-brief', 'fifteen-charact', 'access-token-from-systemd-service', 'some-secret-access-token', 'change-me-please-now', 'your_secret_token', 'xxxxxxxxxxxxxxxxxxxx', '00000000000000000000', 'my-test-access-token', 'API-KEY', 'password12345678901']) {
    for (const address of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) {
      const { warnings } = readConfig({ API_ACCESS_TOKEN: token, SERVER_LISTEN_ADDR: address })
      t.match(warnings, [/^API_ACCESS_TOKEN: the token is/], `${token} on ${address}`)
      t.notOk(warnings.join('').includes(token))
    }
    for (const address of ['0.0.0.0', '10.0.0.1', '::', '192.168.1.1', '::ffff:10.0.0.1']) {
      const lines = faults({ API_ACCESS_TOKEN: token, SERVER_LISTEN_ADDR: address })
      t.match(lines, [/^API_ACCESS_TOKEN: got a token that is/], `${token} on ${address}`)
      t.notOk(lines.join('').includes(token))
    }
  }
  for (const token of [TOKEN, 'sixteen-letters!', 'b7f3c1e09d5a4426', 'пароль-из-шестнадцати']) t.same(readConfig({ API_ACCESS_TOKEN: token, SERVER_LISTEN_ADDR: '0.0.0.0' }).warnings, [], token)
})

t.test('a token that no header can carry is a fault', async (t) => {
  for (const token of [`${TOKEN} `, ` ${TOKEN}`, `${TOKEN}\r`, `${TOKEN}\n`, `${TOKEN}\0x`, `\t${TOKEN}`]) {
    const lines = faults({ API_ACCESS_TOKEN: token })
    t.match(lines, [/^API_ACCESS_TOKEN: got a token that .* header/], JSON.stringify(token))
    t.notOk(lines.join('').includes(TOKEN))
  }
})

t.test('further tokens come by name', async (t) => {
  const { tokens } = read({ API_ACCESS_TOKENS: ' a:first-further-token1  b.c-d_E:with:colons:in:it:1 ' })
  t.same(tokens, [{ name: 'default', token: TOKEN }, { name: 'a', token: 'first-further-token1' }, { name: 'b.c-d_E', token: 'with:colons:in:it:1' }])
  const secret = 'a-secret-that-is-not-shown'
  const cases: Array<[string, RegExp]> = [
    [secret, /entry 1 is not name:token/], [`:${secret}`, /entry 1/], ['a:', /entry 1/], [`a/b:${secret}`, /entry 1/], [`x:${TOKEN} ${secret}`, /entry 2/],
    [`a:${secret} a:another-${secret}`, /the name "a" twice/], [`a:${secret} b:${secret}`, /^API_ACCESS_TOKENS, b: got the token of API_ACCESS_TOKENS, a,/], [`a:${TOKEN}`, /^API_ACCESS_TOKENS, a: got the token of API_ACCESS_TOKEN,/], [`default:${secret}`, /the name "default" twice/]
  ]
  for (const [value, message] of cases) {
    const lines = faults({ API_ACCESS_TOKEN: TOKEN, API_ACCESS_TOKENS: value })
    t.match(lines, [message], value)
    t.notOk(lines.join('').includes(secret), 'the value is not shown')
  }
  t.match(faults({ API_ACCESS_TOKEN: TOKEN, API_ACCESS_TOKENS: 'a:short', SERVER_LISTEN_ADDR: '0.0.0.0' }), [/^API_ACCESS_TOKENS, a: got a token that is shorter/])
})

t.test('a password in REDIS_URL is in no fault', async (t) => {
  t.notMatch(faults({ API_ACCESS_TOKEN: TOKEN, REDIS_URL: 'http://user:pass-word@host' }).join(''), /pass-word/)
})

t.test('an unknown variable with a prefix of ours is a warning with the nearest name', async (t) => {
  const { warnings } = read({ RUN_MAX_EXECUTION_TIMEOUT: '5', DOCKER_CONTAINER_MEMROY: '1', SERVER_LISTEN_PROT: '1', PATH: '/bin', RUNNER: 'x', HOME: '/' })
  t.match(warnings.sort(), [/^DOCKER_CONTAINER_MEMROY: .*DOCKER_CONTAINER_MEMORY$/, /^RUN_MAX_EXECUTION_TIMEOUT: .*RUN_MAX_EXECUTION_TIME$/, /^SERVER_LISTEN_PROT: .*SERVER_LISTEN_PORT$/])
  t.equal(warnings.length, 3)
  t.same(read({ DOCKER_CLEANUP_WORKER_THREADS: '10', DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT: '3' }).warnings, [], 'glot\'s are known')
  t.same(read(Object.fromEntries(VARIABLES.map(([name, , , good]) => [name, name.includes('_DIR_OPTIONS') || /^SERVER_(DOCS|METRICS)$/.test(name) ? '' : good]))).warnings, [], 'and so are all of ours')
})

t.test('a tmpfs is open to all users unless its options say whose it is', async (t) => {
  const mode = (options: string) => read({ DOCKER_CONTAINER_TMP_DIR_OPTIONS: options }).container.tmpDir?.options
  for (const options of ['rw,mode=0700', 'uid=1000,rw', 'rw,gid=5', 'mode=1777']) t.equal(mode(options), options)
  for (const options of ['rw', 'rw,size=1k', 'rw,nomode=1']) t.equal(mode(options), `${options},mode=1777`)
})

t.test('a memory limit that the two tmpfs could fill is a warning', async (t) => {
  const warns = (env: Environment) => read(env).warnings.some((line) => line.startsWith('DOCKER_CONTAINER_MEMORY: '))
  const least = (64 + 128 + 16 + 32) * MEBIBYTE
  t.notOk(warns({}), 'the defaults leave enough')
  t.notOk(warns({ DOCKER_CONTAINER_MEMORY: String(least) }))
  t.ok(warns({ DOCKER_CONTAINER_MEMORY: String(least - 1) }))
  t.notOk(warns({ DOCKER_CONTAINER_MEMORY: String(least - 64 * MEBIBYTE), DOCKER_CONTAINER_TMP_DIR_PATH: '' }), 'a tmpfs that is off does not count')
  for (const [size, expected] of [['64m', false], ['65536k', false], ['67108864', false], ['1g', true], ['1G', true], ['50%', true]] as const) {
    t.equal(warns({ DOCKER_CONTAINER_TMP_DIR_OPTIONS: `rw,size=${size}` }), expected, size)
  }
  t.ok(warns({ DOCKER_CONTAINER_TMP_DIR_OPTIONS: 'rw' }), 'one without a size')
})

t.test('an explicit default is the cap, too, unless the cap is set', async (t) => {
  const caps = (env: Environment) => { const { container } = read(env); return [container.memoryCapBytes, container.processesCap] }
  t.same(caps({}), [1_073_741_824, 512])
  t.same(caps({ DOCKER_CONTAINER_MEMORY: '500000000', DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: '90', DOCKER_CONTAINER_ULIMIT_NPROC_HARD: '100' }), [500_000_000, 90])
  t.same(caps({ DOCKER_CONTAINER_ULIMIT_NPROC_HARD: '100' }), [1_073_741_824, 100])
  t.same(caps({ DOCKER_CONTAINER_MEMORY: '500000000', DOCKER_CONTAINER_MEMORY_CAP: '600000000' }), [600_000_000, 512])
})

t.test('pairs that contradict each other are faults', async (t) => {
  const cases: Array<[Environment, RegExp]> = [
    [{ DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT: '200', DOCKER_CONTAINER_ULIMIT_NOFILE_HARD: '100' }, /^DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT: got "200"/],
    [{ DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: '200', DOCKER_CONTAINER_ULIMIT_NPROC_HARD: '100' }, /^DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: got "200"/],
    [{ DOCKER_CONTAINER_MEMORY: '500000000', DOCKER_CONTAINER_MEMORY_CAP: '400000000' }, /^DOCKER_CONTAINER_MEMORY_CAP: got "400000000"/],
    [{ DOCKER_CONTAINER_NPROC_CAP: '100' }, /^DOCKER_CONTAINER_NPROC_CAP: got "100"/],
    [{ DOCKER_CONTAINER_WORK_DIR_PATH: '/tmp' }, /^DOCKER_CONTAINER_WORK_DIR_PATH: got "\/tmp"/],
    [{ POOL_MIN: '3', POOL_MAX: '2' }, /^POOL_MIN: got "3", takes at most POOL_MAX, 2$/],
    [{ POOL_MIN: '17' }, /^POOL_MIN: got "17"/],
    [{ DOCKER_CONTAINER_CAP_ADD: 'SYS_PTRACE,net_raw', DOCKER_CONTAINER_CAP_DROP: 'CAP_NET_RAW' }, /^DOCKER_CONTAINER_CAP_ADD: got "net_raw"/],
    [{ SERVER_METRICS: 'false', SERVER_METRICS_PORT: '9090' }, /^SERVER_METRICS_PORT: got "9090", takes nothing while SERVER_METRICS is false$/],
    [{ SERVER_DOCS_PORT: '80', SERVER_LISTEN_PORT: '80' }, /^SERVER_DOCS_PORT: got "80", takes another port than SERVER_LISTEN_PORT$/]
  ]
  for (const [env, message] of cases) t.match(faults({ API_ACCESS_TOKEN: TOKEN, ...env }), [message])
})

t.test('pairs of which one has no effect are warnings; others are neither', async (t) => {
  const cases: Array<[Environment, RegExp]> = [
    [{ RUN_MAX_BUILD_TIME: '11' }, /^RUN_MAX_BUILD_TIME: 11 s have no effect: RUN_MAX_EXECUTION_TIME, 10 s/],
    [{ RUN_MAX_CODE_SIZE: '3000', RUN_MAX_PAYLOAD_SIZE: '2000' }, /^RUN_MAX_CODE_SIZE: 3000 bytes have no effect/],
    [{ REDIS_URL: 'redis://x' }, /^REDIS_URL: has no effect/]
  ]
  for (const [env, message] of cases) t.match(read(env).warnings, [message])
  for (const env of [
    { POOL_MIN: '3', POOL_MAX: '0' }, { POOL_MIN: '2', POOL_MAX: '2' }, { RUN_MAX_BUILD_TIME: '10' }, { RUN_MAX_PAYLOAD_SIZE: '2000' },
    { REDIS_URL: 'redis://x', RATE_LIMIT_IP_MAX: '5' }, { SERVER_METRICS_PORT: '9090', SERVER_DOCS_PORT: '9090' }, { SERVER_LISTEN_PORT: '0', SERVER_METRICS_PORT: '0' },
    { DOCKER_CONTAINER_CAP_ADD: 'NET_RAW' }
  ]) t.same(read(env).warnings, [], JSON.stringify(env))
})
