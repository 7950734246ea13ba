/** Size of a frame header: stream type, three zero bytes, and the length as a 32-bit big-endian number. */
const HEADER_BYTES = 8

/**
 * Splits Docker's multiplexed attach stream into stdout and stderr. Frames can be split across chunks.
 * @see Docker Engine API v1.41, ContainerAttach, "Stream format"
 */
export class Demultiplexer {
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerFilled = 0
  #payloadLeft = 0
  #isStderr = false

  constructor (
    private readonly onStdout: (bytes: Buffer) => void,
    private readonly onStderr: (bytes: Buffer) => void
  ) {}

  /** @throws Error if the bytes are not a multiplexed stream */
  push (chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#payloadLeft === 0) {
        at = this.#readHeader(chunk, at)
      } else {
        const end = Math.min(chunk.length, at + this.#payloadLeft)
        const bytes = chunk.subarray(at, end)
        this.#payloadLeft -= bytes.length
        at = end
        if (this.#isStderr) this.onStderr(bytes)
        else this.onStdout(bytes)
      }
    }
  }

  #readHeader (chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#header, this.#headerFilled, at, at + HEADER_BYTES - this.#headerFilled)
    this.#headerFilled += copied
    if (this.#headerFilled === HEADER_BYTES) {
      const type = this.#header[0] ?? 0
      if (type > 2 || this.#header.readUIntBE(1, 3) !== 0) {
        throw new Error('Not a multiplexed stream')
      }
      this.#isStderr = type === 2
      this.#payloadLeft = this.#header.readUInt32BE(4)
      this.#headerFilled = 0
    }
    return at + copied
  }
}
