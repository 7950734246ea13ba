/** Bytes of the longest signature. */
const HEAD_BYTES = 12

/** The signatures of the image formats that models accept, as latin1. */
const SIGNATURES: ReadonlyArray<readonly [mimeType: string, signature: RegExp]> = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF.{4}WEBP/s]
]

/**
 * Returns the MIME type of an image from its first bytes, because models reject a whole conversation with an image of another type.
 * @param base64 the content of a file
 */
export function imageType (base64: string): string | undefined {
  const head = Buffer.from(base64.slice(0, HEAD_BYTES / 3 * 4), 'base64').toString('latin1')
  return SIGNATURES.find(([, signature]) => signature.test(head))?.[0]
}
