import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SKIPPED = new Set(['node_modules', 'dist', '.git', '.tap', '.runonce', 'vendor'])

/** Returns all Markdown files of the repository, as paths relative to its root. */
export function markdownFiles (directory = ''): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** Returns the content of a file of the repository. */
export function read (path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Returns the lines of a page outside code blocks, with line numbers. */
export function proseLines (markdown: string): Array<{ number: number, text: string }> {
  let inCode = false
  return markdown.split('\n').flatMap((text, index) => {
    const isFence = text.trimStart().startsWith('```')
    if (isFence) inCode = !inCode
    return isFence || inCode ? [] : [{ number: index + 1, text }]
  })
}

/** Returns the anchors of the headings on a page as GitHub generates them: lower case, without punctuation, hyphens for spaces, numbered duplicates. */
export function anchorsOf (markdown: string): string[] {
  const seen = new Map<string, number>()
  return proseLines(markdown).flatMap(({ text }) => {
    const heading = /^#+ (.*)$/.exec(text)?.[1]
    if (heading === undefined) return []
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const anchor = plain.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    const repeated = seen.get(anchor) ?? 0
    seen.set(anchor, repeated + 1)
    return [repeated === 0 ? anchor : `${anchor}-${repeated}`]
  })
}

/** Returns the cells of each table row between two headings. If `to` is undefined, reads to the end of the page. */
export function tableRows (markdown: string, from: string, to?: string): string[][] {
  const begin = markdown.indexOf(`\n${from}\n`)
  const end = to === undefined ? markdown.length : markdown.indexOf(`\n${to}\n`)
  if (begin < 0 || end < begin) throw new Error(`there is no section from "${from}" to "${to ?? 'the end'}"`)
  const rows = markdown.slice(begin, end).split('\n').filter((line) => line.startsWith('| '))
  return rows.map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()))
}
