/** Decodes base64 (RFC 4648, section 4). @throws DOMException if the text is not base64 */
export function bytesOfBase64 (text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
