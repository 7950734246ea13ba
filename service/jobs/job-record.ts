import { createHash, randomUUID } from 'node:crypto'

import type { RunLimits } from '../protocol/limits.js'
import type { NewJobs } from '../runs/job-ports.js'

/** The data of a job in Redis. The payload is deleted when the job has finished. */
export interface JobRecord {
  requestId: string
  image: string
  payload: string
  limits: RunLimits
  webhook?: string
  expiresAtMs?: number
  /** SHA-256 of the body of a request with an idempotency key. */
  bodyDigest?: string
  /** The trace context of the request. */
  traceparent?: string
}

/** The value of BullMQ's progress that marks a job as cancelled. */
export const CANCELLED = 'cancelled'

/** The beginning of all keys in Redis. */
export const PREFIX = 'runonce'

/**
 * Each token has a separate queue, so that the jobs of one token do not delay those of another token. Priorities in one queue would need
 * a counter for each token that BullMQ does not have.
 */
export function queueName (tokenName: string): string {
  return `jobs-${tokenName}`
}

/** Returns the context of a job's record: see RecordCodec. */
export function contextOf (tokenName: string, id: string): string {
  return `${tokenName}/${id}`
}

export function recordOf ({ requestId, webhook, ttlMs, idempotency }: NewJobs, { image, payload, limits }: NewJobs['runs'][number], traceparent: string | undefined): JobRecord {
  return {
    requestId,
    image: image.ref,
    payload: payload.toString('utf8'),
    limits,
    ...(webhook === undefined ? {} : { webhook }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(ttlMs === undefined ? {} : { expiresAtMs: Date.now() + ttlMs }),
    ...(idempotency === undefined ? {} : { bodyDigest: digestOf(idempotency.body).toString('base64') })
  }
}

export function isSameBody ({ bodyDigest }: JobRecord, body: Buffer): boolean {
  return bodyDigest === digestOf(body).toString('base64')
}

/** Returns the IDs of new jobs. A request with the same idempotency key has the same IDs. */
export function jobIds ({ tokenName, idempotency, runs }: NewJobs): string[] {
  return runs.map((_run, index) => idempotency === undefined ? randomUUID() : uuidOf(`${tokenName}/${index}/${idempotency.key}`))
}

/** Whether a text can be the ID of a job. Other texts could be names of other keys in Redis. */
export function isJobId (text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)
}

/** Returns a UUID of version 8, which contains a hash (RFC 9562, section 5.8). */
function uuidOf (text: string): string {
  const hex = digestOf(Buffer.from(text)).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function digestOf (bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
