/** A fault the client is told of: an HTTP status, a slug that stays stable, and a sentence. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly statusCode: number
  readonly slug: string
  readonly retryAfterSeconds: number | undefined
  // Private: whatever describes an error in a log must not see them.
  readonly #details: Record<string, unknown>
  readonly #quoted: string

  constructor (statusCode: number, slug: string, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.statusCode = statusCode
    this.slug = slug
    this.retryAfterSeconds = options.retryAfterSeconds
    this.#details = options.details ?? {}
    this.#quoted = options.quoted ?? ''
  }

  /** The answer's body: what the client is told, and no log. */
  get body (): Record<string, unknown> {
    return { error: this.slug, message: this.message + this.#quoted, ...this.#details }
  }
}

interface ServiceErrorOptions {
  cause?: unknown
  retryAfterSeconds?: number
  /** Further members of the answer's body, beside `error` and `message`. */
  details?: Record<string, unknown>
  /** An image's own words: the end of the client's message. */
  quoted?: string
}

export const wrongToken = () => new ServiceError(401, 'access_token', 'Missing or wrong access token')

export const invalidRequest = (message: string) => new ServiceError(400, 'request.invalid', message)

export const tooLarge = (message: string) => new ServiceError(413, 'request.too_large', message)

export const wrongMediaType = () =>
  new ServiceError(415, 'request.media_type', 'The Content-Type must be application/json')

export const compressedBody = () =>
  new ServiceError(415, 'request.media_type', 'The body must not be compressed: no Content-Encoding but identity')

export const notFound = (path: string) => new ServiceError(404, 'not_found', `There is nothing at ${path}`)

export const methodNotAllowed = (path: string, allowed: string[]) =>
  new ServiceError(405, 'method_not_allowed', `${path} takes ${allowed.join(', ')}`)

export const unsupportedLanguage = (language: string, supported: string[]) =>
  new ServiceError(400, 'language.unsupported',
    `Language ${JSON.stringify(language)} is not supported; there is: ${supported.join(', ') || 'none, since no language image is present'}`)

export const imageNotAllowed = (image: string, allowed: string[]) =>
  new ServiceError(403, 'image.not_allowed', `Image ${JSON.stringify(image)} is not allowed; allowed are: ${allowed.join(' ')}`)

export const imageNeedsMore = (image: string, what: string, needs: number, cap: number, variable: string) =>
  new ServiceError(400, 'image.needs_more', `Image ${image} needs ${needs} ${what}, and ${variable} allows ${cap}`)

export const rateLimited = (retryAfterSeconds: number) =>
  new ServiceError(429, 'rate_limit', `Too many requests; try again in ${retryAfterSeconds} s`, { retryAfterSeconds })

export const overloaded = (reason: string, retryAfterSeconds: number) =>
  new ServiceError(503, 'overloaded', reason, { retryAfterSeconds })

/** What is asked for can't be had: a name that no image has, settings that the engine does not take. */
export const containerRefused = (message: string, cause?: unknown) =>
  new ServiceError(400, 'docker.container.create', message, { cause })

/** The engine failed at it, or did not answer: a disk that is full, an engine that stops. */
export const containerCreateFailed = (message: string, cause?: unknown) =>
  new ServiceError(500, 'docker.container.create', message, { cause })

export const containerStartFailed = (message: string, cause?: unknown) =>
  new ServiceError(500, 'docker.container.start', message, { cause })

export const containerAttachFailed = (message: string, cause?: unknown) =>
  new ServiceError(500, 'docker.container.attach', message, { cause })

export const streamReadFailed = (message: string, cause?: unknown) =>
  new ServiceError(500, 'docker.container.stream.read', message, { cause })

export const engineUnreachable = (message: string, cause?: unknown) =>
  new ServiceError(500, 'docker.unixsocket', message, { cause })

export const engineVersionFailed = (message: string, cause?: unknown) =>
  new ServiceError(500, 'docker.version', message, { cause })

export const stdoutDecodeFailed = (quoted: string) =>
  new ServiceError(500, 'coderunner.stdout.decode', 'The image wrote something that is no result: ', { quoted })

export const runnerWroteStderr = (quoted: string) =>
  new ServiceError(500, 'coderunner.stderr', 'The image wrote to its stderr: ', { quoted })

export const executionTimeExceeded = (message: string, details: Record<string, unknown>) =>
  new ServiceError(400, 'limits.execution_time', message, { details })

export const readSizeExceeded = (message: string, details: Record<string, unknown>) =>
  new ServiceError(400, 'limits.read.size', message, { details })
