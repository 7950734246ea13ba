import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { readConfig, type Environment } from '../../../service/config/config.js'
import { ErrorList, readSettings } from '../../../service/config/read-settings.js'
import { describeValues, GROUPS, type Setting } from '../../../service/config/setting.js'
import { SETTINGS } from '../../../service/config/settings.js'
import type { TypeName } from '../../../service/config/value-types.js'
import { defaultEnvironment, withSettings } from '../../../tools/docs/configuration.js'
import { BEGIN } from '../../../tools/docs/generated-part.js'

const pathOf = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url))
const read = (file: string) => readFileSync(pathOf(file), 'utf8')
const TOKEN = 'correct-horse-battery-staple'
const rows: readonly Setting[] = SETTINGS

/** All variables in the documentation of glot's docker-run. */
const GLOT = `SERVER_LISTEN_ADDR SERVER_LISTEN_PORT SERVER_WORKER_THREADS API_ACCESS_TOKEN
  DOCKER_UNIX_SOCKET_PATH DOCKER_UNIX_SOCKET_READ_TIMEOUT DOCKER_UNIX_SOCKET_WRITE_TIMEOUT
  DOCKER_CONTAINER_HOSTNAME DOCKER_CONTAINER_USER DOCKER_CONTAINER_MEMORY DOCKER_CONTAINER_NETWORK_DISABLED
  DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT DOCKER_CONTAINER_ULIMIT_NOFILE_HARD DOCKER_CONTAINER_ULIMIT_NPROC_SOFT DOCKER_CONTAINER_ULIMIT_NPROC_HARD
  DOCKER_CONTAINER_CAP_DROP RUN_MAX_EXECUTION_TIME RUN_MAX_OUTPUT_SIZE DOCKER_CONTAINER_READONLY_ROOTFS
  DOCKER_CONTAINER_TMP_DIR_PATH DOCKER_CONTAINER_TMP_DIR_OPTIONS DOCKER_CONTAINER_WORK_DIR_PATH DOCKER_CONTAINER_WORK_DIR_OPTIONS
  DEBUG_KEEP_CONTAINER DOCKER_CLEANUP_WORKER_THREADS DOCKER_CLEANUP_UNIX_SOCKET_TIMEOUT`.split(/\s+/)

const NUMBERS = ['x', '-1', '+1', '1e3', '0x10', ' 1', '1 ', '1,000', '1_000', 'NaN', 'Infinity', '-0', '\u0661']
/** Invalid values of each setting type. */
const INVALID: Record<TypeName, string[]> = {
  integer: [...NUMBERS, '1.5', '9007199254740993'],
  integerOrOff: [...NUMBERS, '1.5', 'OFF', 'none'],
  decimalOrZero: [...NUMBERS, '.', '1.2.3', '0.0', '00', 'off'],
  decimal: [...NUMBERS, '.', '1.2.3'],
  duration: [...NUMBERS, '.', '0', '0.0', '5s'],
  boolean: ['yes', 'no', '1', '0', 'TRUE', 'on'],
  choice: ['?', 'INFO', 'Result', 'result '],
  address: ['example.com', '1.2.3', '127.0.0.1:80', '[::1]'],
  addressList: ['example.com', '10.0.0.0/33', '10.0.0.0/0', '::1/129', '10.0.0.1:80', '10.0.0.1;10.0.0.2'],
  originList: ['app.example.org', 'https://app.example.org/', 'https://APP.example.org', 'https://app.example.org:443', 'ws://x', 'null', 'https://*.example.org', '* https://x', '"*"'],
  path: ['"/x"', '/x\r', 'relative', './x', 'unix:///x', '/a\0b'],
  hostname: ['-x', 'a b', 'a_b', 'x'.repeat(64), '\u00e9'],
  redisUrl: ['redis://host\r', 'http://host', 'redis', 'localhost:6379', 'redis://:x:y'],
  httpUrl: ['http://host\r', 'redis://host', 'localhost:4318', 'http://'],
  list: ['"runonce/*"', '\'runonce/*\'', 'runonce/* "glot/*"', '"runonce/* glot/*"'],
  text: ['"x"', '\'x\'', 'x\r', 'x"'],
  key: ['x', 'a'.repeat(64), Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')],
  secretList: ['x', 'whsec_', `whsec_${Buffer.alloc(23).toString('base64')}`, Buffer.alloc(24).toString('base64')],
  // tokens.test.ts tests these two settings.
  token: [],
  tokenList: []
}

/** Returns how a message begins to show an invalid value. */
function shownOf ({ type, secret }: Setting, value: string): string {
  if (secret) return '(hidden)'
  return type === 'redisUrl' ? '' : JSON.stringify(value)
}

function errorsOf (name: string, value: string | number): string[] {
  const errors = new ErrorList()
  readSettings({ [name]: String(value) }, errors)
  return errors.lines
}

void t.test('each setting has a unique name, a unique key and a description', async (t) => {
  for (const values of [rows.map(({ name }) => name), rows.flatMap(({ key = [] }) => key)]) t.equal(new Set(values).size, values.length)
  for (const { name, description, group, key, default: value, defaultText } of rows) {
    t.match(description, /^[A-Z][^|\n]*\.$/, `${name}: valid as one table cell`)
    t.ok(value !== undefined || defaultText !== undefined || key === undefined, `${name}: a default`)
    t.equal(group === 'legacy', key === undefined, `${name}: only a setting without effect has no key`)
  }
  for (const group of Object.keys(GROUPS)) t.ok(rows.some((row) => row.group === group), group)
})

void t.test('every variable of glot\'s docker-run is a setting', async (t) => {
  for (const name of GLOT) t.ok(rows.some((row) => row.name === name), name)
})

void t.test('each default is a valid value, and setting it explicitly has no effect', async (t) => {
  const withDefault = (env: Environment) => {
    const { container, ...rest } = readConfig({ API_ACCESS_TOKEN: TOKEN, ...env })
    // An explicit limit is also its cap.
    return { ...rest, container: { ...container, memoryCapBytes: 0, processesCap: 0 } }
  }
  for (const { name, default: value, example = '' } of rows) {
    if (value !== undefined) t.same(withDefault({ [name]: String(value) }), withDefault({}), `${name}=${value}`)
    t.same(errorsOf(name, example), [], `${name}=${example}`)
  }
})

void t.test('the lowest and the highest value are accepted, other values are rejected', async (t) => {
  for (const { name, type, min, max } of rows) {
    const step = type === 'integer' || type === 'integerOrOff' ? 1 : 0.001
    if (min !== undefined) t.same(errorsOf(name, min), [], `${name}=${min}`)
    if (max !== undefined) t.same(errorsOf(name, max), [], `${name}=${max}`)
    for (const value of [...min === undefined ? [] : [min - step], ...max === undefined ? [] : [max + step]]) {
      const [line = '', ...others] = errorsOf(name, value)
      t.ok(line.startsWith(`${name}: invalid value "${value}": must be `), `${name}=${value}: ${line}`)
      t.match(line, new RegExp(`\\b${value > Number(max) ? max : min}\\b`))
      t.same(others, [])
    }
  }
})

void t.test('an invalid value causes an error with the variable, the value and the accepted values', async (t) => {
  for (const row of rows) {
    for (const value of INVALID[row.type]) {
      const [line = '', ...others] = errorsOf(row.name, value)
      t.ok(line.startsWith(`${row.name}: invalid value ${shownOf(row, value)}`), `${row.name}=${value}: ${line}`)
      t.ok(line.includes(`: must be ${describeValues(row)}`), line)
      t.same(others, [])
    }
  }
  t.same(errorsOf('RUN_MAX_OUTPUT_SIZE', '1m'), ['RUN_MAX_OUTPUT_SIZE: invalid value "1m": must be a whole number from 1 to 1073741824 (bytes)'])
  t.same(errorsOf('RUN_MAX_EXECUTION_TIME', '0'), ['RUN_MAX_EXECUTION_TIME: invalid value "0": must be a decimal number greater than 0 and at most 86400 (seconds)'])
  t.same(errorsOf('DOCKER_CONTAINER_CPUS', '0.001'), ['DOCKER_CONTAINER_CPUS: invalid value "0.001": must be a decimal number from 0.01 to 4096, or 0 for no limit (CPUs)'])
  t.same(errorsOf('RATE_LIMIT_IP_MAX', '0'), ['RATE_LIMIT_IP_MAX: invalid value "0": must be a whole number of at least 1, or off (requests)'])
  t.same(errorsOf('LOG_LEVEL', 'loud'), ['LOG_LEVEL: invalid value "loud": must be one of fatal, error, warn, info, debug, trace, silent'])
  t.same(errorsOf('DOCKER_CONTAINER_TMP_DIR_PATH', 'tmp'), ['DOCKER_CONTAINER_TMP_DIR_PATH: invalid value "tmp": must be an absolute path, or empty for none'])
})

void t.test('errors do not contain the value of a secret setting', async (t) => {
  const secrets = rows.filter((row) => row.secret).map((row) => row.name)
  t.same(secrets, ['API_ACCESS_TOKEN', 'API_ACCESS_TOKENS', 'JOBS_KEY', 'WEBHOOK_SECRET'])
  const errors = new ErrorList()
  errors.invalid('API_ACCESS_TOKEN', TOKEN, 'be longer')
  t.same(errors.lines, ['API_ACCESS_TOKEN: invalid value (hidden): must be longer'])
})

void t.test('config/default.env and docs/configuration.md are up to date; npm run docs updates them', async (t) => {
  const table = { SETTINGS, GROUPS, describeValues }
  t.equal(read('config/default.env'), defaultEnvironment(table))
  t.equal(read('docs/configuration.md'), withSettings(read('docs/configuration.md'), table))
})

void t.test('a new setting requires one row: the env file and the table include it', async (t) => {
  const cases: Setting = { name: 'RUN_MAX_CASES', group: 'run', key: 'run.cases', type: 'integer', min: 1, max: 50, default: 20, unit: 'cases', description: 'Limit of `cases`.' }
  const proxy: Setting = { name: 'TRUST_PROXY', group: 'server', key: 'listen.proxies', type: 'list', defaultText: 'none', example: '10.0.0.1', description: 'Proxies.' }
  const hidden: Setting = { name: 'A_SECRET', group: 'run', key: 'run.secret', type: 'text', secret: true, defaultText: 'none', description: 'Secret.' }
  const table = { SETTINGS: [cases, proxy, hidden], GROUPS: { server: 'Server', run: 'Runs', log: 'Logs' }, describeValues }
  t.match(defaultEnvironment(table), /\n\n# Server\n\n# Proxies\. Default: none\.\n#TRUST_PROXY=10\.0\.0\.1\n\n# Runs\n\n# Limit of cases\. Unit: cases\.\nRUN_MAX_CASES=20\n$/)
  const page = withSettings(`before\n${BEGIN}\nold\n<!-- end of the generated part -->\nafter\n`, table)
  t.match(page, /^before\n.*\n\n### Server\n/)
  t.match(page, '\n| `RUN_MAX_CASES` | `20` | cases | a whole number from 1 to 50 | Limit of `cases`. |\n')
  t.match(page, '\n| `TRUST_PROXY` | none |  | a list separated by spaces or commas, without quotes | Proxies. |\n')
  t.match(page, /\n<!-- end of the generated part -->\nafter\n$/)
  t.notMatch(page, /\nold\n/)
  t.throws(() => withSettings('nothing', table), /no part between/)
})

void t.test('the env files contain only settings with valid values, and the service starts without warnings with each file', async (t) => {
  for (const file of readdirSync(pathOf('config')).filter((name) => name.endsWith('.env'))) {
    const lines = [...read(`config/${file}`).matchAll(/^(#?)([A-Z0-9_]+)=(.*)$/gm)]
    t.ok(lines.length > 0, file)
    for (const [, , name = '', value = ''] of lines) {
      t.ok(rows.some((row) => row.name === name), `${file}: ${name}`)
      t.same(errorsOf(name, value), [], `${file}: ${name}=${value}`)
    }
    const env = Object.fromEntries(lines.filter(([, comment]) => comment === '').map(([, , name, value]) => [name, value]))
    t.same(readConfig({ API_ACCESS_TOKEN: TOKEN, ...env }).warnings, [], file)
    t.notOk('API_ACCESS_TOKEN' in env, `${file}: no token`)
    if (file === 'default.env') t.same(readConfig({ API_ACCESS_TOKEN: TOKEN, ...env }), readConfig({ API_ACCESS_TOKEN: TOKEN }), file)
  }
})
