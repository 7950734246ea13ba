import { Type, type Static } from 'typebox'

/** The name of a token becomes a label of metrics and a part of keys in Redis. */
const MAX_NAME_LENGTH = 64
const MAX_TOKENS = 1000
const MAX_PATTERNS = 100
const MAX_SECONDS = 86_400
/** Containers of some runtimes do not start with less. @see service/protocol/limits.ts */
const MIN_MEMORY_BYTES = 16_777_216
const MIN_PROCESSES = 8
const MAX_COUNT = 1_000_000
const MAX_BYTES = 1_073_741_824

/** A whole number. `accepts` completes "must be …" in messages and is a cell of the table in docs/tokens.md. */
function count (minimum: number, maximum: number, description: string) {
  return Type.Optional(Type.Integer({ minimum, maximum, accepts: `a whole number from ${minimum} to ${maximum}`, description }))
}

function time (description: string) {
  return Type.Optional(seconds(description))
}

function seconds (description: string) {
  return Type.Number({ exclusiveMinimum: 0, maximum: MAX_SECONDS, accepts: `a number of seconds greater than 0 and at most ${MAX_SECONDS}`, description })
}

const closed = (description: string) => ({ additionalProperties: false, accepts: 'an object', description })

const LimitsSchema = Type.Object({
  time: time('Time of build and run together, like `RUN_MAX_EXECUTION_TIME`'),
  buildTime: time('Time of the build, like `RUN_MAX_BUILD_TIME`'),
  casesTime: time('Time of the build and all cases, like `RUN_MAX_CASES_TIME`'),
  interactiveTime: time('Time of an interactive run, like `RUN_MAX_INTERACTIVE_TIME`'),
  output: count(1, MAX_BYTES, 'Bytes of stdout and stderr together, like `RUN_MAX_OUTPUT_SIZE`'),
  memory: count(MIN_MEMORY_BYTES, Number.MAX_SAFE_INTEGER, 'Bytes of memory of the container'),
  processes: count(MIN_PROCESSES, 4_194_304, 'Processes and threads in the container')
}, closed('Limits of each run. The lower value of the request, the service and the token applies'))

const TokenSchema = Type.Object({
  name: Type.String({
    pattern: `^[A-Za-z0-9_.-]{1,${MAX_NAME_LENGTH}}$`,
    accepts: `from 1 to ${MAX_NAME_LENGTH} letters, digits and the characters _ . -`,
    description: 'Identifies the token in logs, metrics and Redis. It must be unique'
  }),
  token: Type.Optional(Type.String({ accepts: 'text that an HTTP header can carry', secret: true, description: 'The token. Each token has either `token` or `sha256`' })),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9A-Fa-f]{64}$', accepts: '64 hexadecimal digits', secret: true, description: 'SHA-256 of the token, instead of `token`' })),
  concurrency: count(1, 10_000, 'Maximum number of concurrent runs in each service. Further runs wait in the queue'),
  rate: Type.Optional(Type.Object({
    requests: Type.Integer({ minimum: 1, maximum: MAX_COUNT, accepts: `a whole number from 1 to ${MAX_COUNT}`, description: 'Maximum number of requests per window' }),
    window: seconds('Length of the window')
  }, closed('Rate limit, instead of `RATE_LIMIT_TOKEN_MAX` and `RATE_LIMIT_WINDOW`'))),
  images: Type.Optional(Type.Array(Type.String({ pattern: '^[^\\s"\',]{1,512}$', accepts: 'a pattern without white space, quotes and commas' }), {
    minItems: 1,
    maxItems: MAX_PATTERNS,
    accepts: `a list of 1 to ${MAX_PATTERNS} patterns`,
    description: 'Patterns of the images that the token may use, as in `DOCKER_IMAGE_ALLOW`, which must allow the image too'
  })),
  limits: Type.Optional(LimitsSchema),
  jobs: count(0, MAX_COUNT, 'Maximum number of unfinished jobs, instead of `JOBS_MAX_QUEUED`. 0: the token cannot create jobs')
}, { additionalProperties: false, accepts: 'an object', secret: true, description: '' })

/** The content of `API_TOKENS_FILE`. */
export const TokenFileSchema = Type.Object({
  tokens: Type.Array(TokenSchema, { minItems: 1, maxItems: MAX_TOKENS, accepts: `a list of 1 to ${MAX_TOKENS} objects`, secret: true, description: '' })
}, { additionalProperties: false, accepts: 'an object with the member tokens', secret: true, description: '' })

export type TokenFileContent = Static<typeof TokenFileSchema>
export type FileToken = TokenFileContent['tokens'][number]
