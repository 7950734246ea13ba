import type { FastifyReply } from 'fastify'

/** Interval of the comments that prevent proxies from closing a silent connection, in milliseconds. */
const COMMENT_MS = 15_000
const CARRIAGE_RETURN = 0x0d
const NEWLINE = 0x0a
const SPACE = 0x20

/** Writes server-sent events. @see HTML Standard, section 9.2, "Server-sent events" */
export class ServerSentEvents {
  #begun = false

  /** @param commentMs interval of the comments, in milliseconds; for tests */
  constructor (private readonly reply: FastifyReply, private readonly commentMs = COMMENT_MS) {}

  /** Whether the response has begun, so that an error can no longer change its status. */
  get begun (): boolean { return this.#begun }

  /** Begins the response. Can be called twice. */
  begin (): void {
    if (this.#begun) return
    this.#begun = true
    const { raw } = this.reply.hijack()
    raw.on('error', () => {})
    const headers = {
      ...this.reply.getHeaders(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      // Otherwise, nginx would buffer the events.
      'x-accel-buffering': 'no'
    }
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value)
    raw.flushHeaders()
    const timer = setInterval(() => this.#comment(), this.commentMs)
    raw.once('close', () => clearInterval(timer))
  }

  /** Writes the data on one line: line ends that are part of a JSON string are escaped. */
  write (name: string, ...json: Buffer[]): void {
    const { raw } = this.reply
    if (raw.destroyed) return
    raw.write(Buffer.concat([Buffer.from(`event: ${name}\ndata: `), ...json.map(onOneLine), Buffer.from('\n\n')]))
  }

  end (): void {
    this.reply.raw.end()
  }

  #comment (): void {
    if (!this.reply.raw.writableNeedDrain) this.reply.raw.write(':\n\n')
  }
}

/** Replaces line ends between the members of a JSON text, which a foreign image may write. */
function onOneLine (json: Buffer): Buffer {
  if (!json.includes(NEWLINE) && !json.includes(CARRIAGE_RETURN)) return json
  return json.map((byte) => byte === NEWLINE || byte === CARRIAGE_RETURN ? SPACE : byte) as Buffer
}
