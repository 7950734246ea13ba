import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16
/** The first byte of an encrypted record. JSON text never begins with this byte. */
const ENCRYPTED = 0x01

/** Encrypts records for Redis with `JOBS_KEY`. Without a key, records are JSON text. Reads records of both kinds. */
export class RecordCodec {
  constructor (private readonly key: Buffer | undefined) {}

  /** @param context identifies what the record belongs to; the record can be decrypted only with the same context */
  seal (json: Buffer, context: string): Buffer {
    if (this.key === undefined) return json
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv(ALGORITHM, this.key, iv).setAAD(Buffer.from(context))
    const encrypted = Buffer.concat([cipher.update(json), cipher.final()])
    return Buffer.concat([Buffer.of(ENCRYPTED), iv, cipher.getAuthTag(), encrypted])
  }

  /** @throws Error if the record was encrypted with another key, or was changed */
  open (record: Buffer, context: string): Buffer {
    if (record[0] !== ENCRYPTED) return record
    if (this.key === undefined) throw new Error('The record is encrypted, but JOBS_KEY is not set')
    const [ivEnd, tagEnd] = [1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES]
    const decipher = createDecipheriv(ALGORITHM, this.key, record.subarray(1, ivEnd)).setAAD(Buffer.from(context))
    decipher.setAuthTag(record.subarray(ivEnd, tagEnd))
    return Buffer.concat([decipher.update(record.subarray(tagEnd)), decipher.final()])
  }

  /** Encodes a value for the data of a BullMQ job, which is JSON. */
  encode (value: object, context: string): unknown {
    return this.key === undefined ? value : this.seal(Buffer.from(JSON.stringify(value)), context).toString('base64')
  }

  decode (data: unknown, context: string): unknown {
    return typeof data === 'string' ? JSON.parse(this.open(Buffer.from(data, 'base64'), context).toString('utf8')) : data
  }
}
