import type { LightMyRequestResponse } from 'fastify'

import { COMPLETED, decodedOf, languageImage, until } from '../../../fakes.js'
import { startApp, TOKEN, type StartedApp } from '../../start-app.js'

export const PYTHON = languageImage('python', { aliases: ['py'], main: 'main.py', protocol: 2 })
export const C = languageImage('c', { main: 'main.c', protocol: 2, builds: true })
export const CPP = languageImage('cpp', { main: 'main.cpp', protocol: 2, builds: true }, { memoryBytes: 805_306_368 })
export const IMAGES = [PYTHON, C, CPP, languageImage('bash', { main: 'main.sh' }), languageImage('ruby', { main: 'main.rb', protocol: 2 }), languageImage('sqlite', { main: 'main.sql', protocol: 2 }), languageImage('go', { main: 'main.go', builds: true })]
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export interface Judge0 extends StartedApp {
  /** Sends a request with the token in the header of Judge0. */
  send (method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown): Promise<LightMyRequestResponse>
  /** Creates a submission in Python, waits for its result and returns all fields. */
  wait (attributes?: object, query?: string): Promise<Record<string, unknown>>
  /** Sets the result of the next runs. */
  result (result: object): void
  /** The payload of the last run. */
  payload (): Record<string, unknown>
}

type Options = NonNullable<Parameters<typeof startApp>[1]>

export async function startJudge0 (t: Parameters<typeof startApp>[0], options: Options = {}): Promise<Judge0> {
  const service = await startApp(t, { images: IMAGES, ...options })
  const send: Judge0['send'] = async (method, url, body) => await service.app.inject({
    method, url, headers: { 'x-auth-token': TOKEN }, ...(body === undefined ? {} : { payload: body as object })
  })
  return {
    ...service,
    send,
    wait: async (attributes = {}, query = '') => {
      const response = await send('POST', `/submissions?wait=true&fields=*${query}`, { source_code: 'print(1)', language_id: 71, ...attributes })
      if (response.statusCode !== 201) throw new Error(`${response.statusCode} ${response.body}`)
      return response.json()
    },
    result: (result) => { service.runs.handler = async () => decodedOf({ ...COMPLETED, ...result }) },
    payload: () => JSON.parse(String(service.runs.requests.at(-1)?.payload))
  }
}

/** Returns the names of the listed languages by their IDs, if images for some languages are present. */
export async function languagesById (t: Parameters<typeof startApp>[0], names: string[]): Promise<Map<number, string>> {
  const { send } = await startJudge0(t, { images: names.map((name) => languageImage(name)) })
  const languages: Array<{ id: number, name: string }> = (await send('GET', '/languages')).json()
  return new Map(languages.map(({ id, name }) => [id, name]))
}

/** Waits until a submission has a result. Returns its fields. */
export async function resultOf ({ send }: Judge0, token: string, query = 'fields=*') {
  let body: Record<string, unknown> = {}
  await until(async () => {
    body = (await send('GET', `/submissions/${token}?${query}`)).json()
    return !('status_id' in body) || Number(body.status_id) > 2
  })
  return body
}
