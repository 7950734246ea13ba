import { runnerWroteStderr, stdoutDecodeFailed } from '../errors.js'
import { isStringText, topLevelMembers } from './json-scanner.js'
import { isResult, LAZY_MEMBERS, type DecodedResult, type RunResult } from './result.js'

const QUOTED_BYTES = 200
const LARGE_BYTES = 65_536

const OWN_MEMBER = { enumerable: true, configurable: true }

/**
 * Decodes the complete output of an image as a result.
 * @throws ServiceError `coderunner.stderr` or `coderunner.stdout.decode` if the output is not a valid result
 */
export function decodeResult (stdout: Buffer, stderr: Buffer): DecodedResult {
  if (stderr.length > 0) throw runnerWroteStderr(quote(stderr))
  const value = parseJson(stdout)
  if (!isResult(value)) throw stdoutDecodeFailed(quote(stdout))
  return { result: value, json: stdout }
}

/**
 * Decodes the line that the runner wrote. Large results are decoded lazily.
 * @throws ServiceError `coderunner.stdout.decode` if the line is not a valid result
 */
export function decodeRunnerLine (line: Buffer): DecodedResult {
  if (line.length < LARGE_BYTES) return decodeResult(line, Buffer.alloc(0))
  const result = lazyResult(line)
  if (result === undefined) throw stdoutDecodeFailed(quote(line))
  return { result, json: line }
}

/**
 * Decodes a result whose large texts remain bytes until they are read. One megabyte of output then uses one megabyte of memory,
 * without three additional megabytes for strings.
 * @returns undefined if the bytes are not a valid result
 */
export function lazyResult (json: Buffer): RunResult | undefined {
  const result: Record<string, unknown> = {}
  try {
    const members = topLevelMembers(json)
    if (members === undefined || !isStringText(members.get('stdout')) || !isStringText(members.get('stderr'))) return undefined
    for (const [name, value] of members) {
      if ((LAZY_MEMBERS as readonly string[]).includes(name)) defineLazy(result, name, value)
      // An assignment to __proto__ would set the prototype of the object.
      else Object.defineProperty(result, name, { ...OWN_MEMBER, writable: true, value: JSON.parse(value.toString('utf8')) })
    }
  } catch {
    return undefined
  }
  return typeof result.error === 'string' ? result as unknown as RunResult : undefined
}

function defineLazy (result: object, name: string, value: Buffer): void {
  Object.defineProperty(result, name, { ...OWN_MEMBER, get: () => JSON.parse(value.toString('utf8')) })
}

function parseJson (text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'))
  } catch {
    return undefined
  }
}

function quote (bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, QUOTED_BYTES).toString('utf8'))
}
