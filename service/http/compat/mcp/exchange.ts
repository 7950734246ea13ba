import { randomUUID } from 'node:crypto'

import { createMcpHandler, isInitializeRequest, localhostAllowedOrigins, validateOriginHeader } from '@modelcontextprotocol/server'
import type { FastifyRequest } from 'fastify'

import { clientSignal } from '../../client-signal.js'
import { jsonRpcError } from './errors.js'
import { serverOf, type ServerParts } from './server.js'

/** Each message of a batch can have a response of several kilobytes. */
const MAX_BATCH_SIZE = 100
const INVALID_REQUEST = -32600
const FORBIDDEN = -32000
const SESSION_HEADER = 'mcp-session-id'
/** The headers that the SDK reads. */
const HEADERS = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name']

type ExchangeParts = Omit<ServerParts, 'signal'>

/** Responds to a message, or to a batch of messages of protocol version 2025-03-26. */
export async function exchange (parts: ExchangeParts): Promise<Response> {
  const { request, reply, cancellations } = parts
  const refused = refusal(request)
  if (refused !== undefined) return refused
  for (const id of cancelledIds(request.body)) cancellations.cancel({ request, id })
  const signal = clientSignal(reply)
  const handler = createMcpHandler(() => serverOf({ ...parts, signal }), {
    onerror: (error) => request.log.debug({ reason: error.message }, 'MCP message refused')
  })
  const response = await handler.fetch(webRequest(request, signal), { parsedBody: request.body })
  // The service sets this header itself, to announce its shutdown.
  response.headers.delete('connection')
  if (isInitializeRequest(request.body) && response.ok) response.headers.set(SESSION_HEADER, randomUUID())
  return response
}

/**
 * Returns the error response if the request must be rejected although the SDK would accept it: a request from a website, which could
 * reach the service by DNS rebinding, or a batch that counts as one request but would run several programs or have a very large response.
 */
function refusal ({ headers, body }: FastifyRequest): Response | undefined {
  const origin = validateOriginHeader(headers.origin, localhostAllowedOrigins())
  if (!origin.ok) return Response.json(jsonRpcError(FORBIDDEN, origin.message), { status: 403 })
  if (Array.isArray(body) && body.length > MAX_BATCH_SIZE) return invalidBatch(`more than ${MAX_BATCH_SIZE} messages`)
  const calls = messagesOf(body).filter(({ method }) => method === 'tools/call').length
  return calls > 1 ? invalidBatch('more than one tools/call') : undefined
}

function invalidBatch (content: string): Response {
  return Response.json(jsonRpcError(INVALID_REQUEST, `A batch must not contain ${content}`), { status: 400 })
}

function cancelledIds (body: unknown): unknown[] {
  return messagesOf(body).filter(({ method }) => method === 'notifications/cancelled')
    .map(({ params }) => (params as { requestId?: unknown } | undefined)?.requestId)
}

function messagesOf (body: unknown): Array<Record<string, unknown>> {
  return [body].flat().filter((message): message is Record<string, unknown> => typeof message === 'object' && message !== null)
}

/** Creates the request for the SDK, which receives the parsed body separately. */
function webRequest ({ headers }: FastifyRequest, signal: AbortSignal): Request {
  const known = HEADERS.flatMap((name): Array<[string, string]> => headers[name] === undefined ? [] : [[name, String(headers[name])]])
  return new Request('http://localhost/mcp', { method: 'POST', headers: known, signal })
}
