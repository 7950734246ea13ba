import type { LightMyRequestResponse } from 'fastify'

import type { StartedApp } from '../../start-app.js'

interface Content { type: string, text?: string, data?: string, mimeType?: string, resource?: { uri: string, mimeType: string, text: string } }

export interface ToolResult {
  content: Content[]
  isError?: boolean
  structuredContent?: Record<string, unknown>
}

export interface Message {
  id?: number | string | null
  method?: string
  params?: { progress: number, message: string, progressToken: unknown }
  result?: Record<string, unknown>
  error?: { code: number, message: string, data?: unknown }
}

export const HEADERS = { accept: 'application/json, text/event-stream' }

/** Returns a request of the given method. */
export const rpc = (method: string, params: object = {}, id: number | string = 1) => ({ jsonrpc: '2.0', id, method, params })

export async function post (service: StartedApp, body: unknown, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
  return await service.post('/mcp', body, { ...HEADERS, ...headers })
}

/** Returns the messages of a response, which is JSON or server-sent events. */
export function messagesOf ({ headers, body }: Pick<LightMyRequestResponse, 'headers' | 'body'>): Message[] {
  if (!String(headers['content-type']).startsWith('text/event-stream')) return [JSON.parse(body)].flat()
  return body.split('\n').filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice('data: '.length)))
}

/** Calls a tool and returns its result. */
export async function callTool (service: StartedApp, name: string, args: unknown): Promise<ToolResult> {
  const [message] = messagesOf(await post(service, rpc('tools/call', { name, arguments: args })))
  if (message?.result === undefined) throw new Error(`no result: ${JSON.stringify(message)}`)
  return message.result as unknown as ToolResult
}

/** Runs a program and returns the text for the model. */
export async function runText (service: StartedApp, args: object): Promise<string> {
  const { content } = await callTool(service, 'run_code', { language: 'python', code: '', ...args })
  return content[0]?.text ?? ''
}
