import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'

import { Webhook } from 'standardwebhooks'

import type { WebhookTargets } from './webhook-targets.js'

/** Time limit for the whole request, in milliseconds. */
export const WEBHOOK_TIMEOUT_MS = 15_000

interface WebhookMessage {
  method: 'POST' | 'PUT'
  url: URL
  /** The ID is the same for each attempt, so that the receiver can detect repetitions. */
  id: string
  body: string
}

/**
 * Sends a webhook that is signed with each of the secrets. Does not follow redirects.
 * @returns the HTTP status
 * @throws Error if there is no response, or if the address is not allowed
 * @see the specification of Standard Webhooks
 */
export async function sendWebhook ({ method, url, id, body }: WebhookMessage, secrets: string[], targets: WebhookTargets): Promise<number> {
  if (!targets.allowsHost(url)) throw Object.assign(new Error(`${url.hostname} is not in WEBHOOK_ALLOW`), { code: 'host_not_allowed' })
  const now = new Date()
  return await post(url, body, {
    method,
    lookup: targets.lookup,
    agent: false,
    signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'runonce',
      'webhook-id': id,
      'webhook-timestamp': Math.floor(now.getTime() / 1000),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' ')
    }
  })
}

async function post (url: URL, body: string, options: RequestOptions): Promise<number> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return await new Promise((resolve, reject) => {
    send(url, options, (response: IncomingMessage) => {
      resolve(response.statusCode ?? 0)
      // The body of the response is not used.
      response.on('error', () => {}).destroy()
    }).on('error', reject).end(body)
  })
}
