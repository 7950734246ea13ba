import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import fc from 'fast-check'
import t from 'tap'

import { ConfigError } from '../../../service/config/config.js'
import { imageMatcher } from '../../../service/docker/image-names.js'
import { parseTokens } from '../../../service/tokens/token-file-content.js'
import { TokenFile } from '../../../service/tokens/token-file.js'
import { TokenStore } from '../../../service/tokens/token-store.js'
import { recordingLogger } from '../fakes.js'

const TOKEN = 'correct-horse-battery-staple'
const SECRET = 'a-secret-that-is-not-shown'
const SHA256 = '4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a'
const options = { environment: [{ name: 'default', token: TOKEN }], loopback: false }
const EXAMPLE = fileURLToPath(new URL('../../../config/tokens.json', import.meta.url))

const parse = (tokens: unknown, others = {}) => parseTokens(JSON.stringify({ tokens, ...others }), options)

/** Returns the errors of a text; empty if it is valid. */
function errorsIn (text: string, loopback = false): string[] {
  try {
    parseTokens(text, { ...options, loopback })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.errors
    throw error
  }
}

const errorsOf = (...tokens: unknown[]) => errorsIn(JSON.stringify({ tokens }))
const valid = { name: 'a', token: SECRET }

t.test('all members of a token are read; times are in milliseconds', async (t) => {
  const limits = { time: 1.5, buildTime: 2, casesTime: 3, interactiveTime: 4, output: 5, memory: 16_777_216, processes: 8 }
  const { tokens, warnings } = parse([
    { name: 'a', sha256: SHA256.toUpperCase(), concurrency: 2, rate: { requests: 10, window: 0.5 }, images: ['runonce/*', 'x/y:1'], limits, jobs: 0 },
    valid
  ].map((each, index) => ({ ...each, name: `n${index}` })))
  t.same(warnings, [])
  t.match(tokens[0], {
    name: 'n0',
    digest: Buffer.from(SHA256, 'hex'),
    images: ['runonce/*', 'x/y:1'],
    policy: {
      concurrency: 2,
      rate: { requests: 10, windowMs: 500 },
      limits: { timeMs: 1500, buildTimeMs: 2000, casesTimeMs: 3000, interactiveTimeMs: 4000, outputBytes: 5, memoryBytes: 16_777_216, processes: 8 },
      queuedJobs: 0
    }
  })
  t.match(tokens[1], { name: 'n1', images: undefined, policy: { concurrency: undefined, rate: undefined, limits: undefined, queuedJobs: undefined } })
})

const ERRORS: Array<[token: unknown, ...lines: string[]]> = [
  [{ token: SECRET }, 'tokens[0].name: not set: must be from 1 to 64 letters, digits and the characters _ . -'],
  [{ ...valid, name: 'a b' }, 'tokens[0].name: invalid value "a b": must be from 1 to 64 letters, digits and the characters _ . -'],
  [{ ...valid, name: 'x'.repeat(65) }, `tokens[0].name: invalid value "${'x'.repeat(65)}": must be from 1 to 64 letters, digits and the characters _ . -`],
  [{ ...valid, name: 'default' }, 'tokens[0].name: invalid value "default": must be unique, also among the tokens in environment variables'],
  [{ name: 'a' }, 'tokens[0]: must have exactly one of token and sha256'],
  [{ ...valid, sha256: SHA256 }, 'tokens[0]: must have exactly one of token and sha256'],
  [{ name: 'a', sha256: `${SECRET}` }, 'tokens[0].sha256: invalid value (hidden): must be 64 hexadecimal digits'],
  [{ name: 'a', token: 7 }, 'tokens[0].token: invalid value (hidden): must be text that an HTTP header can carry'],
  [{ name: 'a', token: TOKEN }, 'tokens[0]: invalid token (hidden): must differ from the token of default'],
  [{ name: 'a', token: `${SECRET}\n` }, 'tokens[0].token: invalid token (hidden): must not begin or end with white space or contain control characters, because an HTTP header cannot carry it'],
  [{ name: 'a', token: 'too-brief' }, 'tokens[0].token: invalid token (hidden), which is shorter than 16 characters: must be at least 16 characters that are hard to guess'],
  [{ ...valid, concurrency: 0 }, 'tokens[0].concurrency: invalid value 0: must be a whole number from 1 to 10000'],
  [{ ...valid, concurrency: '2' }, 'tokens[0].concurrency: invalid value "2": must be a whole number from 1 to 10000'],
  [{ ...valid, concurrency: null }, 'tokens[0].concurrency: invalid value null: must be a whole number from 1 to 10000'],
  [{ ...valid, rate: 5 }, 'tokens[0].rate: invalid value 5: must be an object'],
  [{ ...valid, rate: { requests: 1 } }, 'tokens[0].rate.window: not set: must be a number of seconds greater than 0 and at most 86400'],
  [{ ...valid, rate: { requests: 1.5, window: 0 } }, 'tokens[0].rate.requests: invalid value 1.5: must be a whole number from 1 to 1000000', 'tokens[0].rate.window: invalid value 0: must be a number of seconds greater than 0 and at most 86400'],
  [{ ...valid, images: 'runonce/*' }, 'tokens[0].images: invalid value "runonce/*": must be a list of 1 to 100 patterns'],
  [{ ...valid, images: [] }, 'tokens[0].images: invalid value (a list of 0): must be a list of 1 to 100 patterns'],
  [{ ...valid, images: ['a', 'b c'] }, 'tokens[0].images[1]: invalid value "b c": must be a pattern without white space, quotes and commas'],
  [{ ...valid, limits: { time: 'fast' } }, 'tokens[0].limits.time: invalid value "fast": must be a number of seconds greater than 0 and at most 86400'],
  [{ ...valid, limits: { memory: 1000 } }, 'tokens[0].limits.memory: invalid value 1000: must be a whole number from 16777216 to 9007199254740991'],
  [{ ...valid, limits: { tine: 1 } }, 'tokens[0].limits: unknown member "tine": must be one of time, buildTime, casesTime, interactiveTime, output, memory, processes'],
  [{ ...valid, jobs: -1 }, 'tokens[0].jobs: invalid value -1: must be a whole number from 0 to 1000000'],
  [{ ...valid, quota: 1 }, 'tokens[0]: unknown member "quota": must be one of name, token, sha256, concurrency, rate, images, limits, jobs'],
  [SECRET, 'tokens[0]: invalid value (hidden): must be an object']
]

t.test('each error names the member and the accepted values', async (t) => {
  for (const [token, ...lines] of ERRORS) t.same(errorsOf(token), lines, JSON.stringify(token))
  t.same(errorsOf(valid, valid), [
    'tokens[1].name: invalid value "a": must be unique, also among the tokens in environment variables', 'tokens[1]: invalid token (hidden): must differ from the token of a'
  ])
  t.same(errorsIn('{"tokens":[]}'), ['tokens: invalid value (a list of 0): must be a list of 1 to 1000 objects'])
  t.same(errorsIn('{}'), ['tokens: not set: must be a list of 1 to 1000 objects'])
  t.same(errorsIn('[]'), ['the content: invalid value (a list of 0): must be an object with the member tokens'])
  t.same(errorsIn(JSON.stringify({ tokens: SECRET })), ['tokens: invalid value (hidden): must be a list of 1 to 1000 objects'])
  t.same(errorsIn(JSON.stringify({ tokens: [{ [SECRET]: 'a' }] })).slice(0, 1), ['tokens[0].name: not set: must be from 1 to 64 letters, digits and the characters _ . -'])
  t.match(errorsIn(JSON.stringify({ tokens: [{ [SECRET]: 'a' }] }))[1], /^tokens\[0\]: unknown member \(hidden\): must be one of name, /)
  t.same(errorsIn(JSON.stringify(SECRET)), ['the content: invalid value (hidden): must be an object with the member tokens'])
  t.same(errorsIn('null'), ['the content: invalid value null: must be an object with the member tokens'])
  t.same(errorsIn('{"tokens":[{"name":"a","token":"another-good-token"}],"__proto__":{"x":1}}'), ['unknown member "__proto__": must be one of tokens'])
})

t.test('a weak token causes a warning if the service listens on a loopback address', async (t) => {
  const { warnings } = parseTokens('{"tokens":[{"name":"a","token":"short"}]}', { ...options, loopback: true })
  t.match(warnings, [/^tokens\[0\]\.token: the token is shorter than 16 characters; the service refuses it/])
})

t.test('text that is not JSON is refused without quoting it', async (t) => {
  for (const text of ['', SECRET, `{"tokens":[{"name":"a","token":"${SECRET}"}`, `{"tokens":[{"name":"a","token":"${SECRET}",}]}`, `{'token':'${SECRET}'}`, '\0']) {
    const [line = '', ...others] = errorsIn(text)
    t.match(line, /^the content: invalid JSON( at line \d+, column \d+)?$/)
    t.same(others, [])
  }
  t.same(errorsIn(`\uFEFF{"tokens":[{"name":"a","token":"${SECRET}"}]}`), [], 'a byte order mark is ignored')
})

t.test('any content is either valid or refused with messages that do not contain the values of token and sha256', async () => {
  const secret = fc.constantFrom(SECRET, { [SECRET]: 1 }, [SECRET])
  const member = fc.oneof(fc.jsonValue(), fc.integer(), fc.constantFrom(1, 2.5, 'a', ['runonce/*'], { requests: 1, window: 1 }, { time: 1 }))
  const token = fc.record({ name: fc.oneof(fc.constantFrom('a', 'b'), fc.jsonValue()), token: secret, sha256: secret, concurrency: member, rate: member, images: member, limits: member, jobs: member }, { requiredKeys: [] })
  fc.assert(fc.property(fc.oneof(fc.jsonValue(), secret, fc.record({ tokens: fc.oneof(secret, fc.array(fc.oneof(token, secret), { maxLength: 3 })) })), (content) => {
    const lines = errorsIn(JSON.stringify(content))
    return lines.every((line) => line.length > 0 && line.length < 1000 && !line.includes('\n') && !line.includes(SECRET))
  }), { numRuns: 500 })
  fc.assert(fc.property(fc.string(), (text) => errorsIn(text).every((line) => line.startsWith('the content: '))), { numRuns: 300 })
})

function start (path: string) {
  const store = new TokenStore({ environment: options.environment, hasFile: true, imageMatcher })
  const { logger, lines } = recordingLogger('info')
  return { store, lines, file: new TokenFile({ path, ...options, store, log: logger }) }
}

t.test('the file is read again; an invalid file leaves the tokens unchanged', async (t) => {
  const path = join(t.testdir(), 'tokens.json')
  const write = (...tokens: unknown[]) => writeFileSync(path, JSON.stringify({ tokens }))
  write(valid, { name: 'old', token: 'another-good-token' })
  const { store, lines, file } = start(path)
  let changes = 0
  store.onChange(() => changes++)
  file.load()
  t.same([store.names, changes], [['default', 'a', 'old'], 1])
  write(valid, { name: 'new', token: 'another-good-token' })
  file.reload()
  t.match(JSON.parse(lines.pop() ?? ''), { level: 30, tokens: 3, added: ['new'], removed: ['old'], msg: 'tokens file read again' })
  write({ ...valid, jobs: 'many' })
  file.reload()
  t.match(JSON.parse(lines.pop() ?? ''), {
    level: 50, errors: [`API_TOKENS_FILE (${path}): tokens[0].jobs: invalid value "many": must be a whole number from 0 to 1000000`], msg: /previous tokens remain valid/
  })
  t.same([store.names, store.nameOf(Buffer.from(SECRET)), changes], [['default', 'a', 'new'], 'a', 2])
})

t.test('a path that is not a readable file is refused', async (t) => {
  const folder = t.testdir()
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  mkdirSync(join(folder, 'folder'))
  writeFileSync(join(folder, 'large'), Buffer.alloc(4_194_305, ' '))
  for (const [name, problem] of [['missing', /must be a readable file \(ENOENT\)$/], ['folder', /must be a regular file$/], ['fifo', /must be a regular file$/], ['large', /must have at most 4194304 bytes$/]] as const) {
    t.throws(() => start(join(folder, name)).file.load(), { name: 'ConfigError', message: problem }, name)
  }
})

t.test('the example file is valid', async (t) => {
  t.same(parseTokens(readFileSync(EXAMPLE, 'utf8'), options).tokens.map(({ name }) => name), ['course-a', 'grader'])
})
