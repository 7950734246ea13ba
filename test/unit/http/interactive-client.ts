import { WebSocket, type RawData } from 'ws'

import type { RunRequest } from '../../../service/runs/ports.js'
import { COMPLETED, decodedOf, languageImage } from '../fakes.js'
import { startApp, TOKEN } from './start-app.js'

export const PYTHON = languageImage('python', { aliases: ['py'], main: 'main.py', version: '3.13.5', protocol: 2 })
const CPP = languageImage('cpp', { version: '14.2', protocol: 2, builds: true })
const OLD = languageImage('ruby', { protocol: 1 })
/** A first message. */
export const FIRST = { language: 'python', code: 'print(input())' }
export const WITH_TOKEN = { headers: { 'x-access-token': TOKEN } }

/** A client of `GET /run/interactive`. */
export interface Opened {
  socket: WebSocket
  events: Array<Record<string, unknown>>
  send (message: unknown): void
  /** Resolves with the close code. */
  closed: Promise<number>
}

/** Opens a WebSocket, by default with a token in its header. Messages that are sent before it is open wait. */
export function open (port: number, options: WebSocket.ClientOptions = WITH_TOKEN, path = '/run/interactive'): Opened {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options)
  const events: Opened['events'] = []
  const early: string[] = []
  socket.on('message', (data: RawData) => { events.push(JSON.parse(String(data))) })
  socket.on('open', () => { for (const text of early) socket.send(text) })
  const closed = new Promise<number>((resolve) => { socket.on('close', resolve) })
  socket.on('error', () => {})
  const send = (message: unknown) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message)
    if (socket.readyState === WebSocket.OPEN) socket.send(text)
    else early.push(text)
  }
  return { socket, events, send, closed }
}

/** Starts the application, whose runs last until their input contains `end`. */
export async function start (t: Parameters<typeof startApp>[0], env: Record<string, string> = {}) {
  const started = await startApp(t, { env, images: [PYTHON, CPP, OLD] })
  const inputs: string[] = []
  started.runs.handler = async (request: RunRequest) => {
    request.signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason))
      request.input?.on('data', (data) => {
        inputs.push(String(data))
        if (String(data).includes('stdinEnd')) resolve()
      })
    })
    return decodedOf(COMPLETED)
  }
  return { ...started, inputs, port: await started.listen() }
}
