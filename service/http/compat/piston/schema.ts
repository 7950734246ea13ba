import { Type, type Static } from 'typebox'

import { ArgumentsSchema, OptionalNameSchema } from '../../../protocol/documented-payload.js'

const orNull = (type: string, description: string) => Type.Unsafe<never>({ type: [type, 'null'], description })
const limit = (type: string, description: string, more: object = {}) => Type.Optional(Type.Unsafe<number | null>({ type: [type, 'null'], description, ...more }))
const milliseconds = (step: string) => limit('number', `Time limit of the ${step} in milliseconds`, { minimum: 0 })
const cpuMilliseconds = (step: string) => limit('number', `CPU time limit of the ${step} in milliseconds`, { minimum: 0 })
const bytes = (step: string) => limit('number', `Memory limit of the ${step} in bytes; -1 for the default`)

const FileSchema = Type.Object({
  name: Type.Optional(OptionalNameSchema),
  content: Type.String(),
  encoding: Type.Optional(orNull('string', 'utf8 (the default), base64 or hex'))
})

/** Only documents the body. request.ts checks it, in Piston's order and with Piston's messages. */
export const ExecuteSchema = Type.Object({
  language: Type.String({ minLength: 1, description: 'A language by name or alias' }),
  version: Type.String({ minLength: 1, description: 'A version or a range of versions, for example * or 3.x' }),
  files: Type.Array(FileSchema, {
    description: 'At least one file must be utf8. The first of them is the main file',
    contains: { not: { properties: { encoding: { enum: ['base64', 'hex'] } }, required: ['encoding'] } }
  }),
  stdin: Type.Optional(orNull('string', 'The program\'s standard input, to which a newline is added if it does not end with one')),
  args: Type.Optional(ArgumentsSchema),
  compile_timeout: milliseconds('build'),
  run_timeout: milliseconds('run'),
  compile_cpu_time: cpuMilliseconds('build'),
  run_cpu_time: cpuMilliseconds('run'),
  compile_memory_limit: bytes('build'),
  run_memory_limit: bytes('run')
}, { examples: [{ language: 'python', version: '*', files: [{ content: 'print(input())' }], stdin: 'Hello World!' }] })

const StageSchema = Type.Unsafe<Stage>(Type.Object({
  stdout: Type.String(),
  stderr: Type.String(),
  output: Type.String({ description: 'stdout and stderr in the order of their arrival' }),
  code: orNull('integer', 'The exit code; null if a signal terminated the program'),
  signal: orNull('string', 'The signal, for example SIGKILL'),
  message: orNull('string', 'The reason if the program failed'),
  status: orNull('string', 'RE: the exit code is not 0, SG: a signal, TO: the time limit, OL or EL: the output limit of stdout or stderr'),
  cpu_time: orNull('number', 'CPU time in milliseconds'),
  wall_time: orNull('number', 'Wall-clock time in milliseconds'),
  memory: orNull('integer', 'Peak memory in bytes')
}))

export interface Stage {
  stdout: string
  stderr: string
  output: string
  code: number | null
  signal: string | null
  message: string | null
  status: 'RE' | 'SG' | 'TO' | 'OL' | 'EL' | null
  cpu_time: number | null
  wall_time: number | null
  memory: number | null
}

export const ExecuteResponseSchema = Type.Object({
  compile: Type.Optional(StageSchema),
  run: StageSchema,
  language: Type.String(),
  version: Type.String()
}, { description: 'The result of the run. If the build fails, run is the same as compile.' })

export type ExecuteResponse = Static<typeof ExecuteResponseSchema>

export const RuntimesSchema = Type.Array(Type.Object({
  language: Type.String(), version: Type.String(), aliases: Type.Array(Type.String())
}), { description: 'The languages whose images are present' })

export const PackagesSchema = Type.Array(Type.Object({
  language: Type.String(), language_version: Type.String(), installed: Type.Boolean()
}), { description: 'The languages whose images are present' })

export function errorSchema (description: string) {
  return Type.Object({ message: Type.String() }, { description })
}

export const ERROR_RESPONSES = Object.fromEntries([
  [400, 'A member is missing or has a wrong value, or the body is not JSON'],
  [401, 'The access token is missing or wrong'],
  [413, 'The body is too large'],
  [415, 'The body is not JSON, or it is compressed'],
  [429, 'Too many requests'],
  [500, 'The service or the engine failed'],
  [503, 'The run queue is full or the service is shutting down']
].map(([status, description]) => [status, errorSchema(String(description))]))
