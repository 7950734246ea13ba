import type { OutputEvent } from '../protocol/event-decoder.js'
import type { RunResult } from '../protocol/result.js'
import { eventData } from './event-data.js'
import { IMAGE_PATTERNS } from './image-url.js'

/** A language whose image is present. @see docs/api.md, "GET /api/languages" */
export interface Language {
  name: string
  aliases: string[]
  version: string
  main: string
  image: string
  hello: string
}

export interface Program {
  language: Language
  code: string
  stdin: string
}

/** @see docs/api.md, "Streaming" */
export type StreamEvent = OutputEvent |
  { type: 'build', build: NonNullable<RunResult['build']> } |
  { type: 'result', result: RunResult } |
  { type: 'error', error: string, message: string }

/** An error response of the service. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor (readonly status: number, message: string) {
    super(message)
  }
}

/** Returns an absolute URL. Paths of the API are relative to the page, so that a proxy can add a path prefix. */
const urlOf = (path: string) => new URL(`../${path}`, document.baseURI)

/** @throws ApiError; TypeError if the service cannot be reached */
export async function listLanguages (): Promise<Language[]> {
  const response = await fetch(urlOf('api/languages?details=1'))
  if (!response.ok) throw await errorOf(response)
  return (await response.json()).languages
}

/**
 * Runs a program and yields its events as they arrive.
 * @param signal aborts the run
 * @throws ApiError; TypeError if the connection fails; DOMException `AbortError`
 */
export async function * run ({ language, code, stdin }: Program, token: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const response = await fetch(urlOf('run'), {
    method: 'POST',
    // A header can contain the bytes of a token, but fetch accepts only characters up to U+00FF.
    headers: { 'X-Access-Token': latin1OfUtf8(token), 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ image: language.image, payload: { files: [{ name: language.main, content: code }], stdin, outputs: IMAGE_PATTERNS } }),
    signal
  })
  if (!response.ok || response.body === null) throw await errorOf(response)
  for await (const data of eventData(response.body)) yield JSON.parse(data)
}

async function errorOf (response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => undefined)
  return new ApiError(response.status, body?.message ?? `The response has status ${response.status}`)
}

function latin1OfUtf8 (text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text))
}
