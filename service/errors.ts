/**
 * Lists every error that the service can return: the HTTP status, the stable slug and the description in the API documentation.
 * The same slug can occur with several statuses.
 */
export const ERRORS = {
  wrongToken: [401, 'access_token', 'The access token is missing or wrong.'],
  invalidRequest: [400, 'request.invalid', 'The body is not JSON, or a member is missing or has a wrong value. The message names the member.'],
  tooLarge: [413, 'request.too_large', 'The body is larger than `RUN_MAX_PAYLOAD_SIZE`, or `code` is larger than `RUN_MAX_CODE_SIZE`.'],
  wrongMediaType: [415, 'request.media_type', 'The Content-Type is not `application/json`, or the body is compressed.'],
  requestTimeout: [408, 'request.timeout', 'The request took too long to arrive.'],
  expectationFailed: [417, 'request.expectation', 'The `Expect` header has a value other than `100-continue`.'],
  upgradeRequired: [426, 'request.upgrade', 'The route is for WebSockets: the request must be a WebSocket handshake of version 13.'],
  headersTooLarge: [431, 'request.too_large', 'The request headers are too large.'],
  notFound: [404, 'not_found', 'The route does not exist.'],
  methodNotAllowed: [405, 'method_not_allowed', 'The route does not support this method. The `Allow` header lists the supported methods.'],
  unsupportedLanguage: [400, 'language.unsupported', 'An image for this language is not present. The message lists the supported languages.'],
  imageNotAllowed: [403, 'image.not_allowed', '`DOCKER_IMAGE_ALLOW`, or the token in `API_TOKENS_FILE`, does not allow this image.'],
  imageNeedsMore: [400, 'image.needs_more', 'The image needs more memory or processes than the service allows.'],
  rateLimited: [429, 'rate_limit', 'Too many requests from this address or with this token. The `Retry-After` header contains the number of seconds to wait.'],
  jobsUnavailable: [501, 'jobs.unavailable', 'Jobs are not enabled: the service has no `REDIS_URL`.'],
  jobStoreUnavailable: [503, 'jobs.unavailable', 'Redis does not respond. The `Retry-After` header contains the number of seconds to wait.'],
  jobNotFound: [404, 'jobs.not_found', 'The token has no job with this ID, or the job was deleted.'],
  tooManyJobs: [429, 'jobs.too_many', 'The token would have more than `JOBS_MAX_QUEUED` unfinished jobs, or more than its own limit. The `Retry-After` header contains the number of seconds to wait.'],
  idempotencyKeyReused: [422, 'jobs.idempotency_key', 'The `Idempotency-Key` was used with a different body.'],
  overloaded: [503, 'overloaded', 'The run queue is full, the run waited too long in the queue, runs fail on this machine, or the service is shutting down. The `Retry-After` header contains the number of seconds to wait.'],
  containerRefused: [400, 'docker.container.create', 'The image does not exist, or it does not define a command.'],
  containerCreateFailed: [500, 'docker.container.create', 'The engine failed to create the container or rejected the container settings of the service.'],
  containerStartFailed: [500, 'docker.container.start', 'The engine failed to start the container.'],
  containerAttachFailed: [500, 'docker.container.attach', 'The engine failed to attach to the container.'],
  streamReadFailed: [500, 'docker.container.stream.read', 'The connection to the container failed, or the container exited without a result.'],
  engineUnreachable: [500, 'docker.unixsocket', 'The service cannot connect to the Docker engine.'],
  engineVersionFailed: [500, 'docker.version', 'The Docker engine does not respond.'],
  stdoutDecodeFailed: [500, 'coderunner.stdout.decode', 'The image\'s output is not a valid result. The message quotes the first 200 bytes.'],
  runnerWroteStderr: [500, 'coderunner.stderr', 'The image wrote to its standard error. The message quotes the first 200 bytes.'],
  executionTimeExceeded: [400, 'limits.execution_time', 'Only with `RUN_LIMITS_RESPONSE=error`: the run reached its time limit. `result` contains the partial result.'],
  readSizeExceeded: [400, 'limits.read.size', 'Only with `RUN_LIMITS_RESPONSE=error`: the run reached its output limit. `result` contains the partial result.'],
  clientGone: [499, 'client_gone', 'The client closed the connection before the response. This error appears in metrics only.'],
  internal: [500, 'internal', 'An unexpected error occurred in the service. The service log contains the details.']
} as const satisfies Record<string, readonly [statusCode: number, slug: string, description: string]>

export type ErrorKind = keyof typeof ERRORS

interface ServiceErrorOptions {
  cause?: unknown
  retryAfterSeconds?: number
  /** Additional members of the response body, besides `error` and `message`. */
  details?: Record<string, unknown>
  /** Text that an image wrote. It is appended to the message in the response body, but is never logged. */
  quoted?: string
}

/** An error that is returned to a client with an HTTP status, a slug and a message. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly statusCode: number
  readonly slug: string
  readonly retryAfterSeconds: number | undefined
  // Loggers print public members, and these two must not be logged.
  readonly #details: Record<string, unknown>
  readonly #quoted: string
  readonly #kind: ErrorKind

  constructor (kind: ErrorKind, message: string, { cause, retryAfterSeconds, details = {}, quoted = '' }: ServiceErrorOptions = {}) {
    super(message, cause === undefined ? {} : { cause })
    this.#kind = kind
    const [statusCode, slug] = ERRORS[kind]
    this.statusCode = statusCode
    this.slug = slug
    this.retryAfterSeconds = retryAfterSeconds
    this.#details = details
    this.#quoted = quoted
  }

  /** Returns the same error for one part of a request. @param part the name of the part, for example "runs[3]" */
  of (part: string): ServiceError {
    const { cause, retryAfterSeconds } = this
    return new ServiceError(this.#kind, `${part}: ${this.message}`, {
      cause, details: this.#details, quoted: this.#quoted, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
    })
  }

  /** The response body. It must not be logged. */
  get body (): Record<string, unknown> {
    return { error: this.slug, message: this.message + this.#quoted, ...this.#details }
  }
}

/** Creates errors of one kind. */
export type ErrorFactory = (message: string, options?: ServiceErrorOptions) => ServiceError

const factoryOf = (kind: ErrorKind): ErrorFactory => (message, options) => new ServiceError(kind, message, options)

export const invalidRequest = factoryOf('invalidRequest')
export const tooLarge = factoryOf('tooLarge')
export const containerRefused = factoryOf('containerRefused')
export const containerCreateFailed = factoryOf('containerCreateFailed')
export const containerStartFailed = factoryOf('containerStartFailed')
export const containerAttachFailed = factoryOf('containerAttachFailed')
export const streamReadFailed = factoryOf('streamReadFailed')
export const engineUnreachable = factoryOf('engineUnreachable')
export const engineVersionFailed = factoryOf('engineVersionFailed')
export const executionTimeExceeded = factoryOf('executionTimeExceeded')
export const readSizeExceeded = factoryOf('readSizeExceeded')

export function requestTimeout (message: string): ServiceError {
  return new ServiceError('requestTimeout', message)
}

export function upgradeRequired (): ServiceError {
  return new ServiceError('upgradeRequired', 'This route is for WebSockets: the request must be a WebSocket handshake of version 13')
}

export function wrongToken (): ServiceError {
  return new ServiceError('wrongToken', 'Missing or wrong access token')
}

export function wrongMediaType (): ServiceError {
  return new ServiceError('wrongMediaType', 'The Content-Type must be application/json')
}

export function compressedBody (): ServiceError {
  return new ServiceError('wrongMediaType', 'The body must not be compressed: the only supported Content-Encoding is identity')
}

export function expectationFailed (): ServiceError {
  return new ServiceError('expectationFailed', 'The only supported Expect header is 100-continue')
}

export function notFound (path: string): ServiceError {
  return new ServiceError('notFound', `No route for ${path}`)
}

export function methodNotAllowed (path: string, allowed: string[]): ServiceError {
  return new ServiceError('methodNotAllowed', `${path} supports ${allowed.join(', ')} only`)
}

export function unsupportedLanguage (language: string, supported: string[]): ServiceError {
  const list = supported.join(', ') || 'none, as no language image is present'
  return new ServiceError('unsupportedLanguage', `Language ${JSON.stringify(language)} is not supported; supported languages: ${list}`)
}

export function imageNotAllowed (image: string, allowed: string[]): ServiceError {
  return new ServiceError('imageNotAllowed', `Image ${JSON.stringify(image)} is not allowed; allowed images: ${allowed.join(' ')}`)
}

export function imageNeedsMore (image: string, resource: string, needed: number, cap: number, variable: string): ServiceError {
  return new ServiceError('imageNeedsMore', `Image ${image} needs ${needed} ${resource}, but ${variable} allows ${cap}`)
}

export function rateLimited (retryAfterSeconds: number): ServiceError {
  return new ServiceError('rateLimited', `Too many requests; try again in ${retryAfterSeconds} s`, { retryAfterSeconds })
}

export function overloaded (reason: string, retryAfterSeconds: number, options: { cause?: unknown } = {}): ServiceError {
  return new ServiceError('overloaded', reason, { ...options, retryAfterSeconds })
}

export function jobsUnavailable (): ServiceError {
  return new ServiceError('jobsUnavailable', 'Jobs are not enabled: set REDIS_URL to a Redis server (6.2 or newer) or a Valkey server')
}

export function jobStoreUnavailable (cause?: unknown): ServiceError {
  return new ServiceError('jobStoreUnavailable', 'Redis does not respond, so jobs are not available', { cause, retryAfterSeconds: 1 })
}

export function jobNotFound (id: string): ServiceError {
  return new ServiceError('jobNotFound', `No job with the ID ${JSON.stringify(id)}`)
}

export function tooManyJobs (max: number): ServiceError {
  return new ServiceError('tooManyJobs', `The token can have at most ${max} unfinished jobs (JOBS_MAX_QUEUED, or jobs in API_TOKENS_FILE)`, { retryAfterSeconds: 10 })
}

export function idempotencyKeyReused (): ServiceError {
  return new ServiceError('idempotencyKeyReused', 'The Idempotency-Key was used with a different body')
}

export function stdoutDecodeFailed (quoted: string): ServiceError {
  return new ServiceError('stdoutDecodeFailed', 'The image\'s output is not a valid result: ', { quoted })
}

export function runnerWroteStderr (quoted: string): ServiceError {
  return new ServiceError('runnerWroteStderr', 'The image wrote to its standard error: ', { quoted })
}

export function clientGone (): ServiceError {
  return new ServiceError('clientGone', 'The client closed the connection')
}

export function internalError (cause: unknown): ServiceError {
  return new ServiceError('internal', 'Internal error; search the service log for this request ID', { cause })
}
