import { availableParallelism } from 'node:os'

import t from 'tap'

import { readConfig, type Environment } from '../../../service/config/config.js'
import { errorsOf } from './errors-of.js'

const TOKEN = 'correct-horse-battery-staple'

const read = (env: Environment = {}) => readConfig({ API_ACCESS_TOKEN: TOKEN, ...env })

const WHOLE = ['x', '1.5', '-1', '1e3', '0x10', ' 1', '1 ', ' 5 ', '1_000', '1,000', '-0', '9007199254740993', '+1', '１', '9'.repeat(400)]
const SECONDS = ['0', '0.0', 'x', '-1', '1s', '1e1', '0x10', ' 5 ', '+1', '1,5', '86401', '.', 'NaN', 'Infinity']
const BOOL = ['yes', '1', '0', 'TRUE', 'on']
const path = (config: unknown, dotted: string): unknown => dotted.split('.').reduce((value, key) => (value as Record<string, unknown>)?.[key], config)

/** Name of the variable, path in the configuration, default, a valid value, the parsed value, invalid values. */
const VARIABLES: Array<[string, string, unknown, string, unknown, string[]]> = [
  ['SERVER_LISTEN_ADDR', 'listen.address', '127.0.0.1', '::1', '::1', ['somewhere', '127.0.0.1:80', '256.0.0.1', '1.2.3']],
  ['SERVER_LISTEN_PORT', 'listen.port', 8088, '0', 0, [...WHOLE, '65536']],
  ['SERVER_WORKER_THREADS', 'admission.concurrency', 2 * availableParallelism(), '3', 3, [...WHOLE, '0', '10001']],
  ['SERVER_DOCS', 'docs.on', true, 'false', false, BOOL],
  ['SERVER_METRICS', 'metrics.on', true, 'false', false, BOOL],
  ['SERVER_DOCS_PORT', 'docs.port', undefined, '9090', 9090, [...WHOLE, '65536', '8088']],
  ['SERVER_METRICS_PORT', 'metrics.port', undefined, '0', 0, [...WHOLE, '65536', '8088']],
  ['CORS_ORIGIN', 'cors.origins', [], 'https://a.example, http://127.0.0.1:3000', ['https://a.example', 'http://127.0.0.1:3000'], ['a.example', 'https://a.example/', 'null', 'https://A.example']],
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
  ['RUN_MAX_CASES', 'run.cases', 100, '1', 1, [...WHOLE, '0', '10001']],
  ['RUN_MAX_CASES_TIME', 'run.casesTimeMs', 60_000, '0.5', 500, SECONDS],
  ['RUN_MAX_INTERACTIVE_TIME', 'run.interactiveTimeMs', 300_000, '5', 5000, SECONDS],
  ['RUN_MAX_IDLE_TIME', 'run.idleTimeMs', 60_000, '5', 5000, SECONDS],
  ['RUN_MAX_OUTPUT_FILES', 'run.outputFiles', 32, '1', 1, [...WHOLE, '0', '10001']],
  ['RUN_MAX_OUTPUT_FILES_SIZE', 'run.outputFilesBytes', 8_388_608, '1', 1, [...WHOLE, '0']],
  ['RUN_MAX_OUTPUT_SIZE', 'run.outputBytes', 1_048_576, '100000', 100_000, [...WHOLE, '0']],
  ['DOCKER_CONTAINER_RUNTIME', 'container.runtime', undefined, 'crun', 'crun', []],
  ['DOCKER_CONTAINER_CPUS', 'container.cpus', 1, '0', 0, ['0.0', '0.009', 'x', '-1', '1e1', '4097']],
  ['DOCKER_CONTAINER_CPU_SHARES', 'container.cpuShares', 256, '2', 2, [...WHOLE, '1']],
  ['DOCKER_CONTAINER_MEMORY_CAP', 'container.memoryCapBytes', 1_073_741_824, '300000000', 300_000_000, [...WHOLE, '268435455']],
  ['DOCKER_CONTAINER_NPROC_CAP', 'container.processesCap', 512, '128', 128, [...WHOLE, '127']],
  ['DOCKER_IMAGE_ALLOW', 'images.allow', ['runonce/*', 'glot/*'], 'a/*  b', ['a/*', 'b'], []],
  ['COMPAT_APIS', 'compat.apis', ['all'], 'piston, mcp', ['piston', 'mcp'], ['"all"']],
  ['COMPAT_RESULTS_TIME', 'compat.resultsTimeMs', 600_000, '1.5', 1500, SECONDS],
  ['COMPAT_RESULTS_MAX', 'compat.resultsMax', 10_000, '1', 1, [...WHOLE, '0', '1000001']],
  ['COMPAT_RESULTS_MEMORY', 'compat.resultsBytes', 67_108_864, '1000', 1000, [...WHOLE, '0']],
  ['RUN_LIMITS_RESPONSE', 'run.limitsResponse', 'result', 'error', 'error', ['Error', 'x', '400']],
  ['RUN_MAX_BUILD_TIME', 'run.buildTimeMs', undefined, '2.5', 2500, SECONDS],
  ['RUN_MAX_PAYLOAD_SIZE', 'run.payloadBytes', 2_097_152, '1000', 1000, [...WHOLE, '0']],
  ['RUN_MAX_CODE_SIZE', 'run.codeBytes', 50_000, '1000', 1000, [...WHOLE, '0']],
  ['RUN_QUEUE_SIZE', 'admission.queueSize', 100, '0', 0, WHOLE],
  ['RUN_QUEUE_TIMEOUT', 'admission.queueTimeoutMs', 10_000, '0.001', 1, SECONDS],
  ['RATE_LIMIT_IP_MAX', 'rateLimit.addressMax', undefined, '5', 5, [...WHOLE, '0']],
  ['RATE_LIMIT_TOKEN_MAX', 'rateLimit.tokenMax', undefined, '5', 5, [...WHOLE, '0']],
  ['RATE_LIMIT_WINDOW', 'rateLimit.windowMs', 60_000, '1', 1000, SECONDS],
  ['RATE_LIMIT_IPV6_PREFIX', 'rateLimit.ipv6Prefix', 64, '56', 56, [...WHOLE, '15', '129']],
  ['TRUST_PROXY', 'rateLimit.trustedProxies', [], '10.0.0.0/8, ::1  fd00::/8 192.0.2.7', ['10.0.0.0/8', '::1', 'fd00::/8', '192.0.2.7'],
    ['true', '1', 'proxy', '10.0.0', '10.0.0.0/33', '::/129', '0.0.0.0/0', '::/0', '10.0.0.1/', '10.0.0.0/08', 'loopback', 'fe80::1%eth0', '10.0.0.1:80', '[::1]']],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'tracing.endpoint', undefined, 'http://127.0.0.1:4318', 'http://127.0.0.1:4318', ['localhost:4318', 'grpc://x']],
  ['API_TOKENS_FILE', 'tokensFile', undefined, '/etc/x.json', '/etc/x.json', ['tokens.json']],
  ['REDIS_URL', 'redis.url', undefined, 'redis://127.0.0.1:6379', 'redis://127.0.0.1:6379', ['http://x', 'redis', 'redis://:x:y']],
  ['JOBS_MAX_QUEUED', 'jobs.maxQueued', 10_000, '5', 5, [...WHOLE, '0']],
  ['JOBS_MAX_RESULTS', 'jobs.maxResults', 10_000, '5', 5, [...WHOLE, '0']],
  ['JOBS_MAX_RESULT_SIZE', 'jobs.maxResultBytes', 4_194_304, '5', 5, [...WHOLE, '0']],
  ['JOBS_RESULT_TTL', 'jobs.resultTtlMs', 3_600_000, '2592000', 2_592_000_000, ['0', 'x', '-1', '2592001']],
  ['WEBHOOK_ALLOW', 'webhooks.allow', [], '', [], ['"example.com"']],
  ['POOL_IMAGES', 'pool.images', undefined, 'runonce/c,runonce/bash', ['runonce/c', 'runonce/bash'], []],
  ['POOL_MIN', 'pool.min', 1, '0', 0, [...WHOLE, '1001']],
  ['POOL_MAX', 'pool.max', 16, '1000', 1000, [...WHOLE, '1001']],
  ['POOL_MEMORY', 'pool.memoryBytes', 536_870_912, '0', 0, [...WHOLE, '512m']],
  ['POOL_IDLE_TTL', 'pool.idleTtlMs', 600_000, '1.5', 1500, SECONDS],
  ['POOL_MAX_AGE', 'pool.maxAgeMs', 3_600_000, '86400', 86_400_000, SECONDS],
  ['LOG_LEVEL', 'log.level', 'info', 'debug', 'debug', ['INFO', 'verbose']]
]

t.test('each variable has its default, accepts a valid value, and rejects each kind of invalid value', async (t) => {
  for (const [name, where, fallback, valid, parsed, invalid] of VARIABLES) {
    t.same(path(read(), where), fallback, `${name}: default`)
    t.same(path(read({ [name]: valid }), where), parsed, `${name}=${valid}`)
    for (const value of invalid) {
      const lines = errorsOf({ API_ACCESS_TOKEN: TOKEN, [name]: value })
      t.equal(lines.length, 1, `${name}=${value.slice(0, 20)}: one error`)
      const shown = name === 'REDIS_URL' ? '' : `${JSON.stringify(value)}: must `
      t.ok(lines[0]?.startsWith(`${name}: invalid value ${shown}`), String(lines[0]))
      t.match(lines[0], /: must (be|not be|differ) \S/)
    }
  }
})

t.test('an empty variable counts as absent, unless an empty value means "none"', async (t) => {
  for (const [name, where, fallback] of VARIABLES.filter(([name]) => !/_PATH$|CAP_DROP|COMPAT_APIS|POOL_IMAGES/.test(name) || name.startsWith('DOCKER_UNIX'))) {
    t.same(path(read({ [name]: '' }), where), fallback, name)
  }
  const { compat, container, pool } = read({ COMPAT_APIS: '', DOCKER_CONTAINER_TMP_DIR_PATH: '', DOCKER_CONTAINER_WORK_DIR_PATH: '', DOCKER_CONTAINER_CAP_DROP: '', POOL_IMAGES: '' })
  t.same([compat.apis, container.tmpDir, container.workDir, container.capDrop, pool.images], [[], undefined, undefined, [], []])
  t.equal(read({ RATE_LIMIT_IP_MAX: 'off' }).rateLimit.addressMax, undefined)
})

t.test('all errors are reported together, one line each', async (t) => {
  const lines = errorsOf({ SERVER_LISTEN_PORT: 'x', LOG_LEVEL: 'y', RUN_QUEUE_SIZE: 'z' })
  t.match(lines.map((line) => line.split(':')[0]).sort(), ['API_ACCESS_TOKEN', 'LOG_LEVEL', 'RUN_QUEUE_SIZE', 'SERVER_LISTEN_PORT'])
  t.ok(lines.every((line) => !line.includes('\n')))
})

t.test('errors do not contain the password of a URL', async (t) => {
  for (const url of ['http://user:pass-word@host', 'redis://user:a/pass-word@host', 'redis://user:a@pass-word@host:x']) {
    for (const name of ['REDIS_URL', 'DOCKER_UNIX_SOCKET_PATH']) {
      const lines = errorsOf({ API_ACCESS_TOKEN: TOKEN, [name]: url })
      t.match(lines, [/\/\/\(hidden\)@host/])
      t.notMatch(lines.join(''), /pass-word/, `${name}=${url}`)
    }
  }
})

t.test('an unknown variable that looks like a setting causes a warning with the most similar name', async (t) => {
  const { warnings } = read({ RUN_MAX_EXECUTION_TIMEOUT: '5', DOCKER_CONTAINER_MEMROY: '1', SERVER_LISTEN_PROT: '1', PATH: '/bin', RUNNER: 'x', HOME: '/' })
  t.match(warnings.sort(), [/^DOCKER_CONTAINER_MEMROY: .*DOCKER_CONTAINER_MEMORY$/, /^RUN_MAX_EXECUTION_TIMEOUT: .*RUN_MAX_EXECUTION_TIME$/, /^SERVER_LISTEN_PROT: .*SERVER_LISTEN_PORT$/])
  t.equal(warnings.length, 3)
  t.same(read(Object.fromEntries(VARIABLES.map(([name, , , valid]) => [name, name.includes('_DIR_OPTIONS') || /^SERVER_(DOCS|METRICS)$/.test(name) ? '' : valid]))).warnings, [], 'all settings are known')
})

t.test('a tmpfs is writable by all users unless its options specify an owner or mode', async (t) => {
  const mode = (options: string) => read({ DOCKER_CONTAINER_TMP_DIR_OPTIONS: options }).container.tmpDir?.options
  for (const options of ['rw,mode=0700', 'uid=1000,rw', 'rw,gid=5', 'mode=1777']) t.equal(mode(options), options)
  for (const options of ['rw', 'rw,size=1k', 'rw,nomode=1']) t.equal(mode(options), `${options},mode=1777`)
})

t.test('an explicit limit is also the cap, unless the cap is set', async (t) => {
  const caps = (env: Environment) => { const { container } = read(env); return [container.memoryCapBytes, container.processesCap] }
  t.same(caps({}), [1_073_741_824, 512])
  t.same(caps({ DOCKER_CONTAINER_MEMORY: '500000000', DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: '90', DOCKER_CONTAINER_ULIMIT_NPROC_HARD: '100' }), [500_000_000, 90])
  t.same(caps({ DOCKER_CONTAINER_ULIMIT_NPROC_HARD: '100' }), [1_073_741_824, 100])
  t.same(caps({ DOCKER_CONTAINER_MEMORY: '500000000', DOCKER_CONTAINER_MEMORY_CAP: '600000000' }), [600_000_000, 512])
})

t.test('settings that contradict each other cause errors', async (t) => {
  const cases: Array<[Environment, RegExp]> = [
    [{ DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT: '200', DOCKER_CONTAINER_ULIMIT_NOFILE_HARD: '100' }, /^DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT: invalid value "200": must be at most .* \(100\)$/],
    [{ DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: '200', DOCKER_CONTAINER_ULIMIT_NPROC_HARD: '100' }, /^DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: invalid value "200": must be at most .* \(100\)$/],
    [{ DOCKER_CONTAINER_MEMORY: '500000000', DOCKER_CONTAINER_MEMORY_CAP: '400000000' }, /^DOCKER_CONTAINER_MEMORY_CAP: invalid value "400000000": must be at least DOCKER_CONTAINER_MEMORY \(500000000\)$/],
    [{ DOCKER_CONTAINER_NPROC_CAP: '100' }, /^DOCKER_CONTAINER_NPROC_CAP: invalid value "100": must be at least .* \(128\)$/],
    [{ DOCKER_CONTAINER_WORK_DIR_PATH: '/tmp' }, /^DOCKER_CONTAINER_WORK_DIR_PATH: invalid value "\/tmp": must differ from DOCKER_CONTAINER_TMP_DIR_PATH$/],
    [{ POOL_MIN: '3', POOL_MAX: '2' }, /^POOL_MIN: invalid value "3": must be at most POOL_MAX \(2\)$/],
    [{ POOL_MIN: '17' }, /^POOL_MIN: invalid value "17"/],
    [{ DOCKER_CONTAINER_CAP_ADD: 'SYS_PTRACE,net_raw', DOCKER_CONTAINER_CAP_DROP: 'CAP_NET_RAW' }, /^DOCKER_CONTAINER_CAP_ADD: invalid value "net_raw"/],
    [{ SERVER_METRICS: 'false', SERVER_METRICS_PORT: '9090' }, /^SERVER_METRICS_PORT: invalid value "9090": must not be set while SERVER_METRICS is false$/],
    [{ SERVER_DOCS_PORT: '80', SERVER_LISTEN_PORT: '80' }, /^SERVER_DOCS_PORT: invalid value "80": must differ from SERVER_LISTEN_PORT \(80\)$/],
    [{ SERVER_MODE: 'worker' }, /^SERVER_MODE: invalid value "worker": must not be worker while REDIS_URL is not set$/],
    [{ SERVER_MODE: 'worker', REDIS_URL: 'redis://x', JOBS_WORKERS: '0' }, /^JOBS_WORKERS: invalid value "0": must be at least 1/],
    [{ WEBHOOK_ALLOW: 'example.com' }, /^WEBHOOK_ALLOW: invalid value "example.com": must be empty while WEBHOOK_SECRET is not set$/]
  ]
  for (const [env, message] of cases) t.match(errorsOf({ API_ACCESS_TOKEN: TOKEN, ...env }), [message])
})
