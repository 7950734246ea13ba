import { Type } from 'typebox'

import { DEFAULT_FIELDS, FIELDS } from './submission.js'

const described = (description: string) => Type.Optional(Type.Unknown({ description }))
const orNull = (type: string, description = '') => Type.Optional(Type.Unsafe<unknown>({ type: [type, 'null'], description }))
const text = (description?: string) => orNull('string', description)
const number = (description?: string) => orNull('number', description)
const flag = () => Type.Optional(Type.Boolean())

/** Documents the body of a submission. Judge0 converts the values to the types of the attributes: see attributes.ts. */
const ATTRIBUTES = {
  source_code: described('The program'),
  language_id: described('A language of `GET /languages`'),
  compiler_options: described('Options for the compiler, only for C and C++'),
  command_line_arguments: described('The program\'s arguments, separated by spaces and quoted as for a shell'),
  stdin: described('The program\'s standard input'),
  expected_output: described('If present, stdout is compared with it'),
  cpu_time_limit: described('CPU time in seconds'),
  cpu_extra_time: described('Without effect'),
  wall_time_limit: described('Wall-clock time in seconds'),
  memory_limit: described('Memory in kilobytes'),
  stack_limit: described('Without effect'),
  max_processes_and_or_threads: described('Number of processes and threads'),
  enable_per_process_and_thread_time_limit: described('Only false'),
  enable_per_process_and_thread_memory_limit: described('Only false'),
  max_file_size: described('Without effect'),
  redirect_stderr_to_stdout: described('Whether stdout contains stderr'),
  enable_network: described('Must be false unless the containers have a network'),
  number_of_runs: described('How often to run the program; time and memory are averages'),
  additional_files: described('A zip file with additional files, as base64'),
  callback_url: described('A URL that receives the result, if its host is in WEBHOOK_ALLOW')
}

export const SubmissionSchema = Type.Object(ATTRIBUTES, { examples: [{ source_code: 'print(input())', language_id: 71, stdin: 'Hello World!' }] })
export const BatchSchema = Type.Object({ submissions: described('A list of submissions') }, {
  examples: [{ submissions: [{ language_id: 46, source_code: 'echo hello from Bash' }] }]
})

const BASE64 = Type.Optional(Type.String({ description: 'true: texts are base64' }))
const FIELDS_QUERY = Type.Optional(Type.String({ description: `Names of fields, separated by commas, or *. The default is ${DEFAULT_FIELDS.join(',')}. All fields: ${FIELDS.join(', ')}` }))
export const CreateQuery = Type.Object({
  base64_encoded: BASE64, fields: FIELDS_QUERY, wait: Type.Optional(Type.String({ description: 'true: respond when the submission has a result' }))
})
export const BatchCreateQuery = Type.Object({ base64_encoded: BASE64 })
export const GetQuery = Type.Object({ base64_encoded: BASE64, fields: FIELDS_QUERY })
export const BatchGetQuery = Type.Object({ tokens: Type.Optional(Type.String({ description: 'Tokens, separated by commas' })), base64_encoded: BASE64, fields: FIELDS_QUERY })
export const TokenParams = Type.Object({ token: Type.String() })
export const IdParams = Type.Object({ id: Type.String() })

const StatusSchema = Type.Object({ id: Type.Integer(), description: Type.String() })
const NamedLanguage = { id: Type.Integer(), name: Type.String() }

const FIELD_SCHEMAS = {
  token: Type.Optional(Type.String()),
  ...each(text, ['source_code', 'stdin', 'expected_output', 'additional_files', 'stdout', 'stderr', 'compiler_options', 'command_line_arguments', 'callback_url']),
  ...each(text, ['cpu_time_limit', 'cpu_extra_time', 'wall_time_limit']),
  ...each(text, ['created_at', 'finished_at']),
  ...each(number, ['exit_code', 'exit_signal', 'number_of_runs', 'memory_limit', 'stack_limit', 'max_processes_and_or_threads', 'max_file_size']),
  ...each(flag, ['redirect_stderr_to_stdout', 'enable_network', 'enable_per_process_and_thread_time_limit', 'enable_per_process_and_thread_memory_limit']),
  compile_output: text('The output of the build'),
  message: text('The reason if the program failed'),
  language_id: Type.Optional(Type.Integer()),
  language: Type.Optional(Type.Object(NamedLanguage)),
  status_id: Type.Optional(Type.Integer()),
  status: Type.Optional(StatusSchema),
  time: text('CPU time in seconds'),
  wall_time: text('Wall-clock time in seconds'),
  memory: number('Peak memory in kilobytes')
}

function each<T> (schema: () => T, names: string[]): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, schema()]))
}

export const FieldsSchema = Type.Object(FIELD_SCHEMAS, { description: 'The requested fields' })
export const CreatedSchema = Type.Object({ ...FIELD_SCHEMAS, error: Type.Optional(Type.String({ description: 'The reason if the fields cannot be sent without base64' })) }, {
  description: 'The token, or with wait=true the requested fields', examples: [{ token: 'd85cd024-1548-4165-96c7-7bc88673f194' }]
})
export const BatchSubmissionsSchema = Type.Object({
  submissions: Type.Array(Type.Unsafe<unknown>({ ...FieldsSchema, type: ['object', 'null'] }))
}, { description: 'The requested fields of each submission, or null for a token that is not known' })
export const BatchCreatedSchema = Type.Array(Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: { type: ['string', 'array'] } }), {
  description: 'The token of each submission, or the errors of the submission by attribute', examples: [[{ token: 'd85cd024-1548-4165-96c7-7bc88673f194' }]]
})
export const AttributeErrorsSchema = Type.Unsafe<Record<string, string[]>>({
  type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } }, description: 'The errors by attribute', examples: [{ language_id: ["can't be blank"] }]
})

const LANGUAGE_EXAMPLE = { id: 71, name: 'Python (3.8.1)' }
export const LanguagesSchema = Type.Array(Type.Object(NamedLanguage), { description: 'The languages whose images are present', examples: [[LANGUAGE_EXAMPLE]] })
export const AllLanguagesSchema = Type.Array(Type.Object({ ...NamedLanguage, is_archived: Type.Boolean() }), {
  description: 'All languages of Judge0 CE. A language without an image counts as archived.', examples: [[{ ...LANGUAGE_EXAMPLE, is_archived: false }]]
})
export const LanguageSchema = Type.Object({ ...NamedLanguage, is_archived: Type.Boolean(), source_file: text(), compile_cmd: text(), run_cmd: text() }, { description: 'A language' })
export const StatusesSchema = Type.Array(StatusSchema, { description: 'The statuses of submissions' })
export const AboutSchema = Type.Object({ version: Type.String(), homepage: Type.String(), source_code: Type.String(), maintainer: Type.String() }, {
  description: 'The version of Judge0 CE with which the API is compatible'
})
export const ConfigSchema = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true, description: 'The limits and options' })
export const SystemSchema = Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' }, description: 'The machine of the service' })

const ErrorSchema = (description: string) => Type.Object({ error: Type.String() }, { description })

const ERROR_DESCRIPTIONS: Record<number, string> = {
  400: 'A parameter has a wrong value, the body is not JSON, or texts cannot be sent without base64',
  401: 'The access token is missing or wrong',
  403: 'There is no authorization token',
  404: 'The submission or the language does not exist',
  413: 'The body is too large',
  415: 'The body is not JSON, or it is compressed',
  429: 'Too many requests',
  500: 'The service or the engine failed',
  503: 'The queue is full, the service is shutting down, or Redis does not respond'
}

export function errorSchemas (...statuses: number[]) {
  return Object.fromEntries(statuses.map((status) => [status, ErrorSchema(ERROR_DESCRIPTIONS[status] ?? '')]))
}
