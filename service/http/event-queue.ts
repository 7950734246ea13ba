import type { ServiceError } from '../errors.js'
import type { OutputEvent, RunEvent } from '../protocol/event-decoder.js'

/** Base64 is merged only up to this length, because it must be decoded before it can be merged. */
const MERGED_BASE64_LENGTH = 1024

/**
 * Events that wait until a slow client has read the previous ones. Consecutive parts of the output are merged, so that the events
 * take little more memory than the output.
 */
export class EventQueue {
  #events: RunEvent[] = []
  #bytes = 0

  /** Approximate size of the waiting events. */
  get bytes (): number { return this.#bytes }

  push (event: RunEvent): void {
    this.#bytes += sizeOf(event)
    if (!this.#merge(event)) this.#events.push(event)
  }

  /** Removes and returns all events. */
  take (): RunEvent[] {
    const events = this.#events
    this.#events = []
    this.#bytes = 0
    return events
  }

  /** Appends output to the last waiting event. Returns whether this is possible. */
  #merge (event: RunEvent): boolean {
    const last = this.#events.at(-1)
    if (last === undefined || 'json' in last || 'json' in event || last.type !== event.type || last.case !== event.case) return false
    return mergeOutput(last, event)
  }
}

/** Returns the JSON text of an event. */
export function eventJson (event: RunEvent): Buffer {
  return 'json' in event ? event.json : Buffer.from(JSON.stringify(event))
}

/** Returns the JSON text of the last event of a run, in parts, because a result can be large. @param result the JSON text of the result */
export function resultEventParts (result: Buffer): Buffer[] {
  return [Buffer.from('{"type":"result","result":'), result, Buffer.from('}')]
}

/** Returns the JSON text of the last event of a run that failed. */
export function errorEventJson ({ body }: ServiceError, requestId: string): Buffer {
  return Buffer.from(JSON.stringify({ type: 'error', ...body, requestId }))
}

function sizeOf (event: RunEvent): number {
  return 'json' in event ? event.json.length : (event.text ?? event.base64 ?? '').length
}

function mergeOutput (last: OutputEvent, next: OutputEvent): boolean {
  if (last.text !== undefined && next.text !== undefined) {
    last.text += next.text
    return true
  }
  if (last.base64 === undefined || next.base64 === undefined || last.base64.length > MERGED_BASE64_LENGTH) return false
  last.base64 = Buffer.concat([Buffer.from(last.base64, 'base64'), Buffer.from(next.base64, 'base64')]).toString('base64')
  return true
}
