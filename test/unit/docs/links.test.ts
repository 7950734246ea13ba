import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import t from 'tap'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]

/** As a heading's anchor is made: lower case, spaces to hyphens, no punctuation. */
function anchorsOf (markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'))
}

for (const page of PAGES) {
  t.test(`every link of ${page} within the repository leads somewhere`, async (t) => {
    const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^https?:/.test(link))
    for (const link of links) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path)
      t.ok(existsSync(target), link)
      if (anchor !== undefined && existsSync(target)) t.ok(anchorsOf(readFileSync(target, 'utf8')).includes(anchor), link)
    }
    t.pass(`${links.length} links`)
  })
}

t.test('every row of what stops a program or a client names its test', async (t) => {
  const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  const tables = text.slice(text.indexOf('## What stops a program'), text.indexOf('## What does not stop it'))
  const rows = tables.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| it tries to'))
  t.ok(rows.length > 20, `${rows.length} rows`)
  for (const row of rows) t.match(row, /\]\(\.\.\/[^)]*\b(tests?|fuzz)\//, row.slice(0, 80))
})
