const TYPES = new Map([
  ['png', 'image/png'], ['jpg', 'image/jpeg'], ['jpeg', 'image/jpeg'], ['gif', 'image/gif'], ['webp', 'image/webp'], ['svg', 'image/svg+xml']
])

/** Patterns of the files that the page can show. */
export const IMAGE_PATTERNS = [...TYPES.keys()].map((suffix) => `**/*.${suffix}`)

interface File {
  name: string
  content?: string
  encoding?: 'utf8' | 'base64'
}

/** Returns a data: URL of an image that a run returned, or undefined if its content is missing or it is not an image. */
export function imageUrl ({ name, content, encoding = 'utf8' }: File): string | undefined {
  const type = TYPES.get(/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '')
  if (type === undefined || content === undefined) return undefined
  return encoding === 'base64' ? `data:${type};base64,${content}` : `data:${type},${encodeURIComponent(content)}`
}
