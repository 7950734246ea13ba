import { isDeepStrictEqual } from 'node:util'

import fc from 'fast-check'
import t from 'tap'

import { ServiceError } from '../../../service/errors.js'
import { decodeResult, decodeRunnerLine, lazyResult } from '../../../service/protocol/result-decoder.js'
import { COMPLETED } from '../fakes.js'
import { limitMs, search } from '../properties.js'

t.setTimeout(limitMs(4))

const NOTHING = Buffer.alloc(0)
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string().map((each) => `${each}"}],:\\`), fc.string({ unit: fc.constantFrom('"', '\\', '{', ']', ',', ':', 'a', '\0', '\u2028') }))
/** Generates results as a runner may write them: members in any order, including members of later versions. */
const results = fc.tuple(
  fc.record({ ...Object.fromEntries(Object.keys(COMPLETED).map((name) => [name, fc.jsonValue()])), stdout: text, stderr: text, error: text, stdoutBase64: text, build: fc.jsonValue() },
    { requiredKeys: ['stdout', 'stderr', 'error'] }),
  fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'toString', 'more', 'a b', 'é'), fc.jsonValue()),
  fc.boolean()
).map(([known, more, first]) => JSON.stringify(first ? { ...more, ...known } : { ...known, ...more }))
/** Generates damaged results. */
const damaged = fc.tuple(results, fc.nat(), fc.nat(3), fc.uint8Array({ maxLength: 3 })).map(([line, place, taken, given]) => {
  const bytes = Buffer.from(line)
  const at = place % (bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), given, bytes.subarray(at + taken)])
})

/** Returns the return value of `decode`, or the slug of its ServiceError. @throws any other error */
function answered (decode: () => { result: unknown }): { result: unknown } | { slug: string } {
  try {
    return { result: decode().result }
  } catch (error) {
    if (!(error instanceof ServiceError) || error.statusCode !== 500) throw error
    return { slug: error.slug }
  }
}

/** Second implementation of the decoder: returns the value of JSON.parse if it has the three texts. */
function resultIn (bytes: Buffer): unknown {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch { /* Not JSON, so not a result. */ }
  const { stdout, stderr, error } = (value ?? {}) as Record<string, unknown>
  return [stdout, stderr, error].every((each) => typeof each === 'string') ? value : undefined
}

/** Returns the members of a lazy result, read through its getters. */
function membersOf (result: object | undefined): unknown {
  return result === undefined ? undefined : Object.entries(result).sort(([a], [b]) => a < b ? -1 : 1)
}

t.test('a lazy result has the same members as the result of JSON.parse, for any names, order and texts', async (t) => {
  t.pass(`${search(fc.property(results, (line) => isDeepStrictEqual(membersOf(lazyResult(Buffer.from(`${line}\n`))), membersOf(JSON.parse(line)))))} results`)
})

t.test('damaged bytes return undefined or an object with an error text, and never throw', async (t) => {
  t.pass(`${search(fc.property(fc.oneof(damaged, fc.uint8Array().map((bytes) => Buffer.from(bytes))), (bytes) => {
    const result = lazyResult(bytes)
    return result === undefined || typeof result.error === 'string'
  }))} lines`)
})

t.test('any bytes are decoded as JSON.parse reads them, or rejected with the corresponding slug', async (t) => {
  const bytes = fc.oneof(damaged, results.map((line) => Buffer.from(line)), fc.json().map((json) => Buffer.from(json)), fc.uint8Array().map((each) => Buffer.from(each)))
  t.pass(`${search(fc.property(bytes, fc.oneof(fc.constant(NOTHING), fc.uint8Array({ maxLength: 3 }).map((each) => Buffer.from(each))), (stdout, stderr) => {
    const value = resultIn(stdout)
    const expected = stderr.length > 0 ? { slug: 'coderunner.stderr' } : value !== undefined ? { result: value } : { slug: 'coderunner.stdout.decode' }
    return isDeepStrictEqual(answered(() => decodeResult(stdout, stderr)), expected)
  }))} answers`)
})

t.test('a large result has the same members as a small one, and a truncated result is rejected', async (t) => {
  t.pass(`${search(fc.property(text, text, fc.nat(), (stdout, stderr, cut) => {
    const result = { ...COMPLETED, stdout: stdout.padEnd(70_000, 'é"\\'), stderr }
    const line = Buffer.from(JSON.stringify(result))
    const { result: whole, json } = decodeRunnerLine(line)
    const shorter = line.subarray(0, cut % line.length)
    return json === line && isDeepStrictEqual(JSON.parse(JSON.stringify(whole)), JSON.parse(line.toString())) &&
      'slug' in answered(() => decodeRunnerLine(shorter))
  }))} results`)
})
