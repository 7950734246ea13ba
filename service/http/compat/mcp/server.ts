import { ProtocolError, ProtocolErrorCode, Server, type CallToolResult, type ServerContext } from '@modelcontextprotocol/server'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

import type { ServiceError } from '../../../errors.js'
import { reportedError } from '../../plugins/errors.js'
import type { CompatParts } from '../compat-api.js'
import { argumentNames } from './arguments.js'
import type { Cancellations } from './cancellations.js'
import { listLanguages } from './list-languages.js'
import { Progress, type Step } from './progress.js'
import { runCode } from './run-code.js'
import { LIST_LANGUAGES, RUN_CODE, toolsOf, type RunCodeSchema } from './tools.js'

export interface ServerParts {
  request: FastifyRequest
  reply: FastifyReply
  parts: CompatParts
  cancellations: Cancellations
  /** The schema of the arguments of `run_code`. */
  schema: RunCodeSchema
  /** Aborts when the client disconnects. */
  signal: AbortSignal
}

const INSTRUCTIONS = 'Runs programs in single-use containers. Use run_code when a result must be computed or code must be tested. ' +
  'Nothing remains between calls.'

/** Creates the server for one HTTP request. */
export function serverOf (parts: ServerParts): Server {
  const { schema, parts: { about: { name, version }, config } } = parts
  const server = new Server({ name, version }, { capabilities: { tools: {} }, instructions: INSTRUCTIONS })
  server.setRequestHandler('tools/list', () => ({ tools: toolsOf(config, schema) }))
  server.setRequestHandler('tools/call', async ({ params }, context) => await callTool(server, parts, params, context))
  return server
}

async function callTool (server: Server, parts: ServerParts, { name, arguments: sent = {} }: { name: string, arguments?: unknown }, context: ServerContext): Promise<CallToolResult> {
  if (name !== RUN_CODE && name !== LIST_LANGUAGES) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${name}`)
  try {
    if (name === LIST_LANGUAGES) return await listLanguages(parts, sent)
    return await parts.cancellations.track({ request: parts.request, id: context.mcpReq.id }, async (cancelled) => {
      // A cancelled call has no response.
      cancelled.addEventListener('abort', () => { void server.close() })
      return await runWithProgress({ ...parts, signal: AbortSignal.any([parts.signal, cancelled]) }, sent, context)
    })
  } catch (error) {
    return errorResult(reportedError(error as FastifyError, parts.request))
  }
}

async function runWithProgress (parts: ServerParts, sent: unknown, { mcpReq }: ServerContext): Promise<CallToolResult> {
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken === undefined) return await runCode(parts, sent)
  const notify = async (step: Step) => await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...step } })
  const progress = new Progress(notify, parts.parts.config.run.outputBytes)
  try {
    return await runCode(parts, sent, progress)
  } finally {
    await progress.end()
  }
}

/** Returns an error that the model can read and correct. */
function errorResult ({ slug, body, retryAfterSeconds }: ServiceError): CallToolResult {
  const message = slug === 'request.invalid' ? argumentNames(String(body.message)) : String(body.message)
  const retry = retryAfterSeconds === undefined ? '' : `\nTry again in ${retryAfterSeconds} s.`
  return { isError: true, content: [{ type: 'text', text: `${slug}: ${message}${retry}` }] }
}
