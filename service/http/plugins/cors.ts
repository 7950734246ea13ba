import cors from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The route pattern of @fastify/cors for preflight requests to any path. */
const PREFLIGHT_PATTERN = '*'
/** Response headers that web pages of other origins can read. */
const EXPOSED_HEADERS = ['X-Request-Id', 'Retry-After', 'Location', 'WWW-Authenticate', 'Mcp-Session-Id']
/** Time for which browsers may remember the response to a preflight request, in seconds. */
const MAX_AGE_S = 600

/**
 * Allows web pages of other origins to use the routes. Must be called before routes are added. Browsers do not send credentials
 * automatically, so a page needs a token.
 * @param origins exact origins, or `*`; if empty, browsers allow only pages of the same origin
 */
export async function addCors (app: FastifyInstance, origins: string[]): Promise<void> {
  if (origins.length === 0) return
  await app.register(cors, { origin: origins, methods: ['GET', 'HEAD', 'POST', 'DELETE'], exposedHeaders: EXPOSED_HEADERS, maxAge: MAX_AGE_S, credentials: false })
}

/** Returns whether the route of @fastify/cors for preflight requests to any path matches. */
export function matchesAnyPath ({ routeOptions }: { routeOptions: { url?: string | undefined } }): boolean {
  return routeOptions.url === PREFLIGHT_PATTERN
}

/** Returns whether a request is a preflight request of a browser. @see Fetch Standard, section 3.3, "CORS protocol" */
export function isPreflight ({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}
