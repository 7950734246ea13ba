import { engineUnreachable, type ErrorFactory, type ServiceError } from '../errors.js'

const CONNECT_ERRORS: Record<string, string> = {
  ENOENT: 'there is no socket at DOCKER_UNIX_SOCKET_PATH; is the engine running?',
  ECONNREFUSED: 'nothing listens on the socket at DOCKER_UNIX_SOCKET_PATH; is the engine running?',
  EACCES: 'permission denied on the socket at DOCKER_UNIX_SOCKET_PATH; the service must be in its group'
}

/**
 * Converts the error of a failed engine call to the error for the client.
 * @param otherwise creates the error if the engine responded
 */
export function toServiceError (error: unknown, otherwise: ErrorFactory): ServiceError {
  return isConnectError(error) ? unreachable(error) : otherwise(withoutHostPaths(descriptionOf(error)), { cause: error })
}

/** Creates the error for a call without a response within `ms` milliseconds. */
export function noResponse (ms: number): Error {
  return new DOMException(`The engine did not respond within ${ms} ms (the sum of DOCKER_UNIX_SOCKET_READ_TIMEOUT and _WRITE_TIMEOUT)`, 'TimeoutError')
}

/** Whether the engine itself rejected the request, with a 4xx status. */
export function isRejection (error: unknown): boolean {
  const status = statusOf(error) ?? 0
  return status >= 400 && status < 500
}

/** Whether a create call failed because of the image. All other values in the call are settings of the service. */
export function isImageError (error: unknown): boolean {
  return statusOf(error) === 404 || (isRejection(error) && /no command specified/i.test(messageOf(error)))
}

/**
 * Whether a start call failed because the container's shim exited meanwhile. The message is from containerd:
 * "failed to create shim task: ttrpc: closed", "failed to get task pid: ttrpc: closed".
 */
export function isShimError (error: unknown): boolean {
  const { cause } = (error ?? {}) as { cause?: unknown }
  return statusOf(cause) === 500 && /\bttrpc: closed\b|\bfailed to start shim\b/.test(messageOf(cause))
}

/** Returns the status of the engine's response to a failed call, or undefined if there was no response. */
export function statusOf (error: unknown): number | undefined {
  return (error as { statusCode?: number } | null)?.statusCode
}

/** Returns the engine's message without dockerode's prefix "(HTTP code 404) no such image - ". */
export function messageOf (error: unknown): string {
  const json = (error as { json?: { message?: unknown } } | null)?.json
  if (typeof json?.message === 'string') return json.message
  return error instanceof Error ? error.message : String(error)
}

/**
 * Removes paths of the host from the engine's messages, wherever the engine stores its data. Clients must not see
 * them; the log contains the original message. Slashes in image names and URLs do not start a path, except those
 * after `unix://`.
 */
function withoutHostPaths (message: string): string {
  const hide = exceptProgram(message)
  return message
    .replace(/(["'`])((?:unix:\/\/)?\/(?!\/)(?:(?!\1).)*)\1/g, (quoted, _quote, path) => hide(path, quoted))
    .replace(/(?:(?<![\w./~-])|(?<=:\/\/))\/(?!\/)[^\s"'`,;:()[\]]+/g, (path) => hide(path, path))
}

/** The path of the program in the image is kept. */
function exceptProgram (message: string) {
  const program = /: exec: "([^"]+)"/.exec(message)?.[1]
  return (path: string, written: string) => path === program ? written : '(a path of the host)'
}

/** Whether connect(2) failed. An error of an established connection belongs to the call in progress. */
function isConnectError (error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.syscall === 'connect'
}

function descriptionOf (error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ECONNRESET' || code === 'EPIPE' ? `The connection to the engine was lost (${code})` : messageOf(error)
}

function unreachable (error: unknown): ServiceError {
  const { code = '' } = error as NodeJS.ErrnoException
  return engineUnreachable(`Cannot reach the Docker engine: ${CONNECT_ERRORS[code] ?? code}`, { cause: error })
}
