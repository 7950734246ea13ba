import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'

import type { Attributes } from './attributes.js'
import { ConversionError } from './errors.js'
import { languageName } from './languages.js'
import { NO_OUTCOME, type Outcome } from './outcome.js'
import { STATUS, STATUSES } from './statuses.js'

interface Times {
  created_at: string
  finished_at: string | null
}

export interface Submission extends Attributes, Outcome, Times {
  token: string
}

export const DEFAULT_FIELDS = ['token', 'time', 'memory', 'stdout', 'stderr', 'compile_output', 'message', 'status']
const CONTENTS = ['source_code', 'stdin', 'expected_output', 'additional_files', 'stdout', 'stderr', 'compile_output'] as const
const TEXT_CONTENTS: readonly string[] = CONTENTS.filter((name) => name !== 'additional_files')
/** Numbers that Judge0 sends as text. */
const DECIMALS: readonly string[] = ['cpu_time_limit', 'cpu_extra_time', 'wall_time_limit']
/** Length of a line of the base64 that Ruby writes. */
const BASE64_LINE = /.{1,60}/g

/** Returns a new submission in the queue. */
export function newSubmission (attributes: Attributes, now: string): Submission {
  return { ...attributes, ...NO_OUTCOME, token: randomUUID(), created_at: now, finished_at: null }
}

export function started (submission: Submission): Submission {
  return { ...submission, status_id: STATUS.processing }
}

export function finished (submission: Submission, outcome: Outcome, now: string): Submission {
  return { ...submission, ...outcome, finished_at: now }
}

/** Returns the outcome of a submission that could not be run. */
export function internalError (message: string): Outcome {
  return { ...NO_OUTCOME, status_id: STATUS.internalError, message }
}

/** All fields that clients can request. */
export const FIELDS: readonly string[] = [
  'source_code', 'language_id', 'stdin', 'expected_output', 'stdout', 'status_id', 'created_at', 'finished_at', 'time', 'memory', 'stderr', 'token',
  'number_of_runs', 'cpu_time_limit', 'cpu_extra_time', 'wall_time_limit', 'memory_limit', 'stack_limit', 'max_processes_and_or_threads',
  'enable_per_process_and_thread_time_limit', 'enable_per_process_and_thread_memory_limit', 'max_file_size', 'compile_output', 'exit_code', 'exit_signal',
  'message', 'wall_time', 'compiler_options', 'command_line_arguments', 'redirect_stderr_to_stdout', 'callback_url', 'additional_files', 'enable_network',
  'status', 'language'
]

/**
 * Returns fields of a submission as Judge0 sends them.
 * @throws ConversionError if a text is not UTF-8 and base64 was not requested
 */
export function fieldsOf (submission: Submission, fields: readonly string[], base64: boolean): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, fieldOf(submission, field, base64)]))
}

function fieldOf (submission: Submission, field: string, base64: boolean): unknown {
  if (field === 'status') return STATUSES[submission.status_id - 1]
  if (field === 'language') return { id: submission.language_id, name: languageName(submission.language_id) }
  const value = submission[field as keyof Submission] ?? null
  if (value === null) return null
  if (Buffer.isBuffer(value)) return base64 || !TEXT_CONTENTS.includes(field) ? base64Lines(value) : textOf(value)
  if (field === 'message') return base64 ? base64Lines(Buffer.from(String(value))) : value
  return DECIMALS.includes(field) ? decimal(Number(value)) : value
}

function textOf (content: Buffer): string {
  if (!isUtf8(content)) throw new ConversionError('this submission')
  return content.toString('utf8')
}

function base64Lines (content: Buffer): string {
  return content.toString('base64').replace(BASE64_LINE, '$&\n')
}

function decimal (value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

/** Returns the approximate size of a submission in memory, in bytes. */
export function sizeOf (submission: Submission): number {
  const fixed = 2048
  return CONTENTS.reduce((sum, name) => sum + (submission[name]?.length ?? 0), fixed)
}

export function encode (submission: Submission): string {
  return JSON.stringify({ ...submission, ...Object.fromEntries(CONTENTS.map((name) => [name, submission[name]?.toString('base64') ?? null])) })
}

export function decode (text: string): Submission {
  const sent = JSON.parse(text)
  return { ...sent, ...Object.fromEntries(CONTENTS.map((name) => [name, sent[name] === null ? null : Buffer.from(sent[name], 'base64')])) }
}
