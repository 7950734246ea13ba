import { Type, type Static } from 'typebox'

/** Registry and path up to 255 characters, tag 128, digest 71 and more (distribution/reference). */
const LONGEST_IMAGE_NAME = 512

/** More files, arguments, variables or commands than that are nobody's program. */
const MOST_ITEMS = 10_000

/** Only the schema of what it is given; ajv then says «must be string,null», not what each branch of a union lacks. */
const nullable = <T>(type: string, schema: object) => Type.Unsafe<T | null>({ ...schema, type: [type, 'null'] })
const nullableString = (description: string) => nullable<string>('string', { description })

export const LimitsSchema = Type.Object({
  time: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Seconds of wall clock' })),
  buildTime: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Seconds for the build step' })),
  output: Type.Optional(Type.Integer({ minimum: 1, description: 'Bytes of stdout and stderr together' }))
}, { description: 'Lower limits for this run; the stricter of these and the service\'s hold' })

export const PayloadSchema = Type.Object({
  language: Type.Optional(nullableString('One of the image\'s languages, by name or alias')),
  files: Type.Array(Type.Object({
    name: Type.String({ description: 'A relative path' }),
    content: Type.String()
  }), { maxItems: MOST_ITEMS, description: 'The first is the main file' }),
  stdin: Type.Optional(nullableString('What the program reads')),
  command: Type.Optional(nullableString('Replaces the run command; run by sh -c in the work dir')),
  runInstructions: Type.Optional(Type.Unsafe<{ buildCommands: string[], runCommand: string } | null>({
    type: ['object', 'null'],
    description: 'Replaces the build and run commands',
    required: ['runCommand'],
    properties: {
      buildCommands: { type: 'array', maxItems: MOST_ITEMS, items: { type: 'string' } },
      runCommand: { type: 'string' }
    }
  })),
  args: Type.Optional(nullable<string[]>('array', { maxItems: MOST_ITEMS, items: { type: 'string' }, description: 'The program\'s arguments' })),
  env: Type.Optional(nullable<Record<string, string>>('object', {
    maxProperties: MOST_ITEMS, additionalProperties: { type: 'string' }, description: 'Added to the program\'s environment'
  })),
  limits: Type.Optional(nullable<Static<typeof LimitsSchema>>('object', LimitsSchema))
}, { description: 'Checked for images that speak runonce\'s protocol; any other image\'s payload is passed on as it came' })

export type Payload = Static<typeof PayloadSchema>
export type RequestLimits = Static<typeof LimitsSchema>

export const RunBodySchema = Type.Object({
  image: Type.String({ minLength: 1, maxLength: LONGEST_IMAGE_NAME, description: 'For example runonce/python:latest' }),
  payload: Type.Unknown({ description: 'What the container gets on its stdin; for an image of ours the schema Payload' }),
  limits: Type.Optional(nullable<Static<typeof LimitsSchema>>('object', LimitsSchema))
})

export const CodeBodySchema = Type.Object({
  code: Type.String(),
  input: Type.Optional(nullableString('What the program reads from stdin'))
})

export const ExecuteBodySchema = Type.Object({
  code: Type.String(),
  language: Type.String({ minLength: 1 }),
  input: Type.Optional(nullableString('What the program reads from stdin'))
})

export const LanguageParamsSchema = Type.Object({ language: Type.String() })

export const LanguagesQuerySchema = Type.Object({ details: Type.Optional(Type.String()) })

export const ResultSchema = Type.Object({
  stdout: Type.String(),
  stderr: Type.String(),
  error: Type.String({ description: 'Empty on success, else what went wrong' }),
  duration: Type.Integer({ description: 'Nanoseconds of wall clock' }),
  outcome: Type.String({ enum: ['completed', 'failed', 'signaled', 'timeout', 'output_limit', 'out_of_memory', 'build_failed', 'invalid'] }),
  exitCode: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
  signal: nullableString('The signal that ended the program'),
  stdoutBytes: Type.Integer(),
  stderrBytes: Type.Integer(),
  stdoutTruncated: Type.Boolean(),
  stderrTruncated: Type.Boolean(),
  stdoutBase64: Type.Optional(Type.String({ description: 'The exact bytes, where the text could not carry them' })),
  stderrBase64: Type.Optional(Type.String()),
  cpuTime: Type.Integer({ description: 'Nanoseconds, user and system' }),
  memoryPeak: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Bytes' }),
  build: Type.Optional(Type.Object({
    stdout: Type.String(), stderr: Type.String(), exitCode: Type.Unsafe<number | null>({ type: ['integer', 'null'] }), duration: Type.Integer()
  })),
  phase: Type.String({ enum: ['build', 'run'], description: 'The step that outcome is about' })
}, { description: 'What became of the run; a foreign image\'s own object otherwise' })

export const ExecuteResultSchema = Type.Object({
  stdout: Type.String(),
  stderr: Type.String(),
  executionTime: Type.Number({ description: 'Milliseconds' }),
  exitCode: Type.Integer({ description: '128 + n after death by signal n' }),
  error: Type.Optional(Type.String())
})

export const VersionSchema = Type.Object({
  docker: Type.Object({
    version: Type.String(),
    apiVersion: Type.String(),
    gitCommit: Type.String(),
    goVersion: Type.String(),
    os: Type.String(),
    arch: Type.String(),
    kernelVersion: Type.String(),
    buildTime: Type.String(),
    platform: Type.Object({ name: Type.String() }),
    components: Type.Array(Type.Object({ name: Type.String(), version: Type.String() }))
  }),
  runonce: Type.Object({ version: Type.String() })
})

export const ErrorSchema = Type.Object({
  error: Type.String({ description: 'A slug' }),
  message: Type.String(),
  result: Type.Optional(Type.Object({}, { description: 'With RUN_LIMITS_RESPONSE=error: what the run that met a limit had given' }))
}, { description: 'An error' })

/** The errors of a route, by their statuses. */
export const errorAnswers = (...statuses: number[]) => Object.fromEntries(statuses.map((status) => [status, ErrorSchema]))

/** Those of every route that runs something. */
export const runErrors = errorAnswers(400, 401, 413, 415, 429, 500, 503)
