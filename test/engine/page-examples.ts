import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Address of the service in the examples. */
const ADDRESS = '127.0.0.1:8088'

export interface Example {
  language: string
  code: string
}

/** Limits which examples of a page are returned. */
export interface Selection {
  /** Line of a heading: only the examples below it, up to the next heading. */
  heading?: string
  language?: string
}

/**
 * Returns the code blocks of a page in docs/.
 * @param url the service that the examples connect to
 */
export function examplesOf (page: string, url: string, { heading, language }: Selection = {}): Example[] {
  const markdown = readFileSync(fileURLToPath(new URL(`../../docs/${page}`, import.meta.url)), 'utf8')
  const text = heading === undefined ? markdown : section(markdown, heading)
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', code = '']) => ({ language, code: code.replaceAll(ADDRESS, new URL(url).host) }))
  return blocks.filter((block) => language === undefined || block.language === language)
}

/** Returns the commands of a page that a JSON response follows. */
export function requestsOf (page: string, url: string): Array<{ command: string, response: string }> {
  const examples = examplesOf(page, url)
  return examples.flatMap(({ language, code }, index) => {
    const next = examples[index + 1]
    return language === 'sh' && next?.language === 'json' ? [{ command: code, response: next.code }] : []
  })
}

/** Returns the only example of interactive runs in a language. */
export function interactiveExample (language: 'js' | 'python', url: string): string {
  const [example] = examplesOf('api.md', url, { heading: '## GET /run/interactive', language })
  if (example === undefined) throw new Error(`docs/api.md has no ${language} example of interactive runs`)
  return example.code
}

function section (markdown: string, heading: string): string {
  const [, after] = markdown.split(`\n${heading}\n`)
  if (after === undefined) throw new Error(`there is no heading ${heading}`)
  return after.split(/\n##+ /)[0] ?? ''
}
