import type { Config } from '../../../config/config.js'
import { ServiceError } from '../../../errors.js'
import { InvalidSubmission, type AttributeErrors } from './errors.js'
import { COMPILER_OPTION_LANGUAGES, MAX_OPTION_CHARACTERS, numberRanges, rangeError, type NumberAttribute } from './limits.js'
import type { Judge0Language } from './languages.js'

const BLANK = "can't be blank"
/** The values that Rails converts to false. */
export const FALSE_VALUES: readonly unknown[] = [false, 0, '0', 'f', 'F', 'false', 'FALSE', 'off', 'OFF']

type Settings = Pick<Config, 'run' | 'container'>
type Body = Record<string, unknown>

/** The attributes that a client sends, with the defaults of the service. */
export interface Attributes extends Record<NumberAttribute, number> {
  source_code: Buffer | null
  language_id: number
  stdin: Buffer | null
  expected_output: Buffer | null
  /** A zip file. */
  additional_files: Buffer | null
  compiler_options: string | null
  command_line_arguments: string | null
  callback_url: string | null
  redirect_stderr_to_stdout: boolean
  enable_network: boolean
  enable_per_process_and_thread_time_limit: boolean
  enable_per_process_and_thread_memory_limit: boolean
}

/** @throws ServiceError if nothing may be sent to this URL */
type CallbackCheck = ((url: string) => void) | undefined

interface Known {
  languages: Judge0Language[]
  settings: Settings
  /** If undefined, there are no callbacks. */
  checkCallback: CallbackCheck
  /** Whether texts are base64. */
  base64: boolean
}

/**
 * Reads a submission as Judge0 does, which converts values to the type of their attribute.
 * @throws InvalidSubmission with the messages of Judge0
 */
export function readAttributes (sent: unknown, { languages, settings, checkCallback, base64 }: Known): Attributes {
  const body = (typeof sent === 'object' && sent !== null ? sent : {}) as Body
  const content = (name: string) => contentOf(body[name], base64)
  const languageId = numberOf(body.language_id)
  const attributes: Attributes = {
    source_code: content('source_code'),
    language_id: languageId === undefined || Number.isNaN(languageId) ? 0 : Math.trunc(languageId),
    stdin: content('stdin'),
    expected_output: content('expected_output'),
    additional_files: contentOf(body.additional_files, true),
    compiler_options: textOf(body.compiler_options),
    command_line_arguments: textOf(body.command_line_arguments),
    callback_url: textOf(body.callback_url),
    redirect_stderr_to_stdout: booleanOf(body.redirect_stderr_to_stdout) ?? false,
    enable_network: booleanOf(body.enable_network) ?? !settings.container.networkDisabled,
    enable_per_process_and_thread_time_limit: booleanOf(body.enable_per_process_and_thread_time_limit) ?? false,
    enable_per_process_and_thread_memory_limit: booleanOf(body.enable_per_process_and_thread_memory_limit) ?? false,
    ...numbersOf(body, settings)
  }
  const language = languages.find(({ id }) => id === attributes.language_id)
  const errors = {
    ...requiredErrors(attributes, languageId, language),
    ...numberErrors(attributes, settings),
    ...optionErrors(attributes, language, settings),
    ...callbackErrors(attributes, checkCallback)
  }
  if (Object.keys(errors).length > 0) throw new InvalidSubmission(errors)
  return attributes
}

function requiredErrors ({ source_code: code, language_id: languageId }: Attributes, id: number | undefined, language: Judge0Language | undefined): AttributeErrors {
  return {
    ...code === null || code.toString('latin1').trim() === '' ? { source_code: [BLANK] } : {},
    ...id === undefined ? { language_id: [BLANK] } : languageError(languageId, language)
  }
}

/** An archived language whose image is present can be used. */
function languageError (id: number, language: Judge0Language | undefined): AttributeErrors {
  if (language === undefined) return { language_id: [`language with id ${id} doesn't exist`] }
  return language.image === undefined ? { language_id: [`language with id ${id} is archived and cannot be used anymore`] } : {}
}

function numberErrors (attributes: Attributes, settings: Settings): AttributeErrors {
  return Object.fromEntries(Object.entries(numberRanges(settings)).flatMap(([name, range]) => {
    const error = rangeError(attributes[name as NumberAttribute], range)
    return error === undefined ? [] : [[name, [error]]]
  }))
}

function optionErrors (attributes: Attributes, language: Judge0Language | undefined, { container }: Settings): AttributeErrors {
  const tooLong = (text: string | null) => [...text ?? ''].length > MAX_OPTION_CHARACTERS
    ? [`is too long (maximum is ${MAX_OPTION_CHARACTERS} characters)`]
    : []
  const perProcess = (enabled: boolean) => enabled ? ['this option cannot be enabled'] : []
  const errors: AttributeErrors = {
    compiler_options: [...tooLong(attributes.compiler_options), ...compilerOptionErrors(attributes, language)],
    command_line_arguments: tooLong(attributes.command_line_arguments),
    enable_network: attributes.enable_network && container.networkDisabled ? ['enabling network is not allowed'] : [],
    enable_per_process_and_thread_time_limit: perProcess(attributes.enable_per_process_and_thread_time_limit),
    enable_per_process_and_thread_memory_limit: perProcess(attributes.enable_per_process_and_thread_memory_limit)
  }
  return Object.fromEntries(Object.entries(errors).filter(([, messages]) => messages.length > 0))
}

function callbackErrors ({ callback_url: url }: Attributes, check: CallbackCheck): AttributeErrors {
  if (isBlank(url)) return {}
  if (check === undefined) return { callback_url: ['setting callback is not allowed'] }
  try {
    check(url ?? '')
    return {}
  } catch (error) {
    if (error instanceof ServiceError) return { callback_url: [error.message] }
    throw error
  }
}

function compilerOptionErrors ({ compiler_options: options }: Attributes, language: Judge0Language | undefined): string[] {
  if (isBlank(options) || language?.image === undefined) return []
  if (language.image.language?.builds !== true) return ['setting compiler options is only allowed for compiled languages']
  if (COMPILER_OPTION_LANGUAGES.some((name) => language.name.startsWith(`${name} `))) return []
  return [`setting compiler options is only allowed for ${COMPILER_OPTION_LANGUAGES.join(' and ')}`]
}

export function isBlank (text: string | null): boolean {
  return text === null || text.trim() === ''
}

function numbersOf (body: Body, settings: Settings): Record<NumberAttribute, number> {
  return Object.fromEntries(Object.entries(numberRanges(settings)).map(([name, { normal, integer }]) => {
    const value = numberOf(body[name]) ?? normal
    return [name, integer ? Math.trunc(value) : value]
  })) as Record<NumberAttribute, number>
}

/** Returns NaN for a value that is not a number, and undefined if there is no value. */
function numberOf (value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const text = textOf(value)?.trim() ?? ''
  return text === '' ? undefined : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN
}

/** Converts numbers and booleans. Lists and objects count as missing. */
function textOf (value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function contentOf (value: unknown, base64: boolean): Buffer | null {
  const text = textOf(value)
  return text === null ? null : Buffer.from(text, base64 ? 'base64' : 'utf8')
}

function booleanOf (value: unknown): boolean | undefined {
  return textOf(value) === null || value === '' ? undefined : !FALSE_VALUES.includes(value)
}
