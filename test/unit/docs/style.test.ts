import t from 'tap'

import { markdownFiles, proseLines, read } from './pages.js'

const LONGEST_README_LINES = 150
const COLUMNS = 100
const WRAPPED = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'runner-images/languages/README.md', ...markdownFiles('docs')]

/** Returns the prose lines that exceed the limit. Ignores table rows, comments and lines with a single link or word. */
function tooLong (markdown: string): string[] {
  return proseLines(markdown)
    .filter(({ text }) => text.length > COLUMNS && !/^(\||<!--)/.test(text) && /\S\s+\S/.test(text.replace(/^\s*([-*]|\d+\.)\s+/, '').replaceAll(/!?\[[^\]]*\]\([^)]*\)\S*/g, 'link')))
    .map(({ number, text }) => `${number}: ${text}`)
}

t.test(`README has at most ${LONGEST_README_LINES} lines`, async (t) => {
  const lines = read('README.md').trimEnd().split('\n').length
  t.ok(lines <= LONGEST_README_LINES, `${lines} lines`)
})

for (const page of WRAPPED) {
  t.test(`the prose of ${page} wraps at ${COLUMNS} columns`, async (t) => { t.same(tooLong(read(page)), []) })
}

t.test('a long line of prose is detected; a table row, a code line and a single link are ignored', async (t) => {
  const long = 'word '.repeat(30).trim()
  t.same(tooLong(`${long}\n\n| ${long} |\n\n\`\`\`sh\n${long}\n\`\`\`\n\n- [${long}](somewhere.md)\n`), [`1: ${long}`])
})
