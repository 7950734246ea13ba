import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SECTION = /\n## GET \/run\/interactive\n(.*?)\n## /s

/**
 * Returns an example of interactive runs from docs/api.md.
 * @param url the service that the example connects to
 */
export function interactiveExample (language: 'js' | 'python', url: string): string {
  const page = readFileSync(fileURLToPath(new URL('../../docs/api.md', import.meta.url)), 'utf8')
  const [, section = ''] = SECTION.exec(page) ?? []
  const [, code] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section) ?? []
  if (code === undefined) throw new Error(`docs/api.md has no ${language} example of interactive runs`)
  return code.replaceAll('ws://127.0.0.1:8088', url.replace('http', 'ws'))
}
