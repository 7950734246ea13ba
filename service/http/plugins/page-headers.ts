import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** Images can be data: URLs. */
const POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"]
}

/**
 * Adds the security headers of web pages to the responses of `scope`. Pages can use only files and routes of their own origin.
 * Strict-Transport-Security is left to the proxy that provides TLS, because it applies to the whole host.
 * @param policy directives of the Content-Security-Policy that differ from the usual ones
 */
export async function addPageHeaders (scope: FastifyInstance, policy: Partial<typeof POLICY> = {}): Promise<void> {
  await scope.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { ...POLICY, ...policy } },
    strictTransportSecurity: false,
    frameguard: { action: 'deny' }
  })
}
