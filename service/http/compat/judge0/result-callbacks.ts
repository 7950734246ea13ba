import type { Callbacks } from '../../../runs/job-ports.js'
import { isBlank } from './attributes.js'
import { DEFAULT_FIELDS, fieldsOf, type Submission } from './submission.js'

interface CallbackParts {
  /** If undefined, results are not sent. */
  callbacks?: Pick<Callbacks, 'send'> | undefined
  /** Maximum size of the results that wait for Redis. */
  maxBytes: number
  log: { error: (details: object, message: string) => void }
}

/** Sends results to the URLs of submissions. While Redis does not respond, results wait in memory up to a maximum size. */
export class ResultCallbacks {
  #waitingBytes = 0

  constructor (private readonly parts: CallbackParts) {}

  /** The caller does not wait until the result is sent, because that can take until Redis responds. */
  send (done: Submission, tokenName: string): void {
    const { callbacks, maxBytes, log } = this.parts
    const { token, callback_url: url } = done
    if (callbacks === undefined || url === null || isBlank(url)) return
    const body = JSON.stringify(fieldsOf(done, DEFAULT_FIELDS, true))
    const bytes = Buffer.byteLength(body)
    if (this.#waitingBytes + bytes > maxBytes) return log.error({ reason: 'too many results wait for Redis' }, 'the callback of a submission is lost')
    this.#waitingBytes += bytes
    callbacks.send({ tokenName, id: token, url, body })
      .catch(({ message }: Error) => log.error({ reason: message }, 'the callback of a submission is lost'))
      .finally(() => { this.#waitingBytes -= bytes })
  }
}
