import { Type, type Static } from 'typebox'

import { nullable, nullableString } from '../../../protocol/payload-schema.js'

/** SandboxFusion's names for languages that have another name in this service. */
export const LANGUAGE_NAMES = new Map([['nodejs', 'javascript'], ['js', 'javascript'], ['ts', 'typescript'], ['sql', 'sqlite'], ['R', 'r']])

/** SandboxFusion's languages and execution modes. Images exist for some of them. */
export const SANDBOX_FUSION_LANGUAGES = [
  'python', 'cpp', 'nodejs', 'go', 'go_test', 'java', 'php', 'csharp', 'bash', 'typescript', 'sql', 'rust', 'cuda', 'lua', 'R', 'perl', 'D_ut',
  'ruby', 'scala', 'julia', 'pytest', 'junit', 'kotlin_script', 'jest', 'verilog', 'python_gpu', 'lean', 'swift', 'racket'
]

const MAX_FILES = 10_000

export const RunCodeSchema = Type.Object({
  code: Type.String({ description: 'The program' }),
  language: Type.String({ description: 'One of SandboxFusion\'s languages, or any language of the service by name or alias' }),
  stdin: Type.Optional(nullableString('The program\'s standard input')),
  args: Type.Optional(nullable<string[]>('array', { maxItems: MAX_FILES, items: { type: 'string' }, description: 'The program\'s arguments, which SandboxFusion does not support' })),
  compile_timeout: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Time limit of the build in seconds. The default is 10' })),
  run_timeout: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Time limit of the run in seconds. The default is 10' })),
  memory_limit_MB: Type.Optional(Type.Integer({ description: 'Memory limit in MiB; 0 or less selects the default of the service' })),
  files: Type.Optional(Type.Unsafe<Record<string, string | null>>({
    type: 'object', maxProperties: MAX_FILES, additionalProperties: { type: ['string', 'null'] }, description: 'Contents of files as base64, by path'
  })),
  fetch_files: Type.Optional(Type.Array(Type.String(), { description: 'Paths of files to return' }))
}, { examples: [{ code: 'print(input())', language: 'python', stdin: 'Hello World!' }] })

export type RunCodeBody = Static<typeof RunCodeSchema>

const CommandSchema = Type.Object({
  status: Type.Unsafe<'Finished' | 'TimeLimitExceeded'>({ type: 'string', enum: ['Finished', 'TimeLimitExceeded'] }),
  execution_time: Type.Number({ description: 'Wall-clock time in seconds' }),
  return_code: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'The exit code; -n if signal n terminated the program; null if it exceeded its time limit' }),
  stdout: Type.String(),
  stderr: Type.String()
})

export type CommandResult = Static<typeof CommandSchema>

const nullableCommand = Type.Unsafe<CommandResult | null>({ ...CommandSchema, type: ['object', 'null'] })

export const RunCodeResponseSchema = Type.Object({
  status: Type.Unsafe<'Success' | 'Failed' | 'SandboxError'>({ type: 'string', enum: ['Success', 'Failed', 'SandboxError'] }),
  message: Type.String({ description: 'The reason of a SandboxError, or the limit that the program reached' }),
  compile_result: nullableCommand,
  run_result: nullableCommand,
  executor_pod_name: Type.Null(),
  files: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' }, description: 'Contents of the returned files as base64, by path' })
}, {
  description: 'The result of the run, or status SandboxError with the reason if the service failed',
  examples: [{
    status: 'Success',
    message: '',
    compile_result: null,
    run_result: { status: 'Finished', execution_time: 0.0085, return_code: 0, stdout: 'Hello World!\n', stderr: '' },
    executor_pod_name: null,
    files: {}
  }]
})

export type RunCodeResponse = Static<typeof RunCodeResponseSchema>
