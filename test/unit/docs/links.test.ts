import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

import t from 'tap'

import { anchorsOf, markdownFiles, proseLines, read, ROOT, tableRows } from './pages.js'

/** Links that GitHub resolves relative to a web page instead of the file. */
const OF_GITHUB = /^\.\.\/blob\//

function linksOf (markdown: string): string[] {
  return proseLines(markdown).flatMap(({ text }) => [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link))
    .filter((link) => !/^https?:/.test(link) && !OF_GITHUB.test(link))
}

/** Returns the reason why a link is broken, or undefined if it is valid. */
function brokenLink (page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path)
  if (!existsSync(target)) return `${page}: there is no file ${link}`
  if (anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor)) return `${page}: there is no heading ${link}`
  return undefined
}

t.test('every link within the repository refers to an existing file and heading', async (t) => {
  const pages = markdownFiles()
  t.ok(pages.includes('README.md') && pages.includes('docs/api.md') && pages.includes('runner-images/languages/README.md'))
  for (const page of pages) {
    const links = linksOf(read(page))
    t.same(links.flatMap((link) => brokenLink(page, link) ?? []), [], `${page}: ${links.length} links`)
  }
})

t.test('a link to a missing file or heading is detected', async (t) => {
  t.match(brokenLink('docs/api.md', 'nothing.md'), /no file/)
  t.match(brokenLink('docs/api.md', '#nothing'), /no heading/)
  t.match(brokenLink('docs/api.md', 'protocol.md#nothing'), /no heading/)
  t.equal(brokenLink('docs/api.md', 'protocol.md#result'), undefined)
})

t.test('every page of docs/ is linked from README, and every page of docs/migrating/ from docs/migrating.md', async (t) => {
  const links = [...linksOf(read('README.md')), ...linksOf(read('docs/migrating.md')).map((link) => `docs/${link}`)]
  for (const page of markdownFiles('docs')) t.ok(links.includes(page), page)
})

t.test('every row of the attack tables in docs/security.md links to its test', async (t) => {
  const rows = tableRows(read('docs/security.md'), '## What stops a program', '## What is not stopped').filter(([attack]) => attack !== 'attack' && !/^-+$/.test(attack ?? ''))
  t.ok(rows.length > 20, `${rows.length} rows`)
  for (const [attack = '', , test] of rows) t.match(test, /\]\(\.\.\/[^)]*\b(tests?|fuzz)\//, attack)
})
