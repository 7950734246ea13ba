import { bytesOfBase64 } from './base64.js'

/** The largest program that a link can contain, in bytes. A small link could otherwise contain gigabytes. */
const MAX_CODE_BYTES = 1024 * 1024

/** A program that a link contains. */
export interface Shared {
  language: string
  code: string
}

/** Returns the fragment of a link, without `#`. Browsers do not send the fragment to the service. */
export async function toFragment ({ language, code }: Shared): Promise<string> {
  const compressed = await bytesOf(new Blob([code]).stream().pipeThrough(new CompressionStream('deflate-raw')), Infinity)
  return new URLSearchParams({ language, code: toBase64Url(compressed) }).toString()
}

/** @returns undefined if the fragment does not contain a program */
export async function fromFragment (fragment: string): Promise<Shared | undefined> {
  const parameters = new URLSearchParams(fragment)
  const [language, code] = [parameters.get('language'), parameters.get('code')]
  if (language === null || code === null) return undefined
  try {
    const stream = new Blob([fromBase64Url(code)]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
    return { language, code: new TextDecoder().decode(await bytesOf(stream, MAX_CODE_BYTES)) }
  } catch {
    return undefined
  }
}

/** @throws RangeError if the stream has more than `maxBytes` bytes */
async function bytesOf (stream: ReadableStream<Uint8Array<ArrayBuffer>>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Array<Uint8Array<ArrayBuffer>> = []
  let bytes = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    bytes += value.length
    if (bytes > maxBytes) throw new RangeError(`More than ${maxBytes} bytes`)
    chunks.push(value)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

function toBase64Url (bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function fromBase64Url (text: string): Uint8Array<ArrayBuffer> {
  return bytesOfBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
}
