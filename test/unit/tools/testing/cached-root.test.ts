import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import t from 'tap'

import { digest, makeOnce } from '../../../../tools/testing/cached-root.js'

void t.test('a file is made once, and only if the previous attempt did not finish', async (t) => {
  const target = path.join(t.testdir(), 'new/file')
  await t.rejects(makeOnce(target, async (part) => {
    writeFileSync(part, 'incomplete')
    throw new Error('interrupted')
  }), /interrupted/)
  t.notOk(existsSync(target))
  await Promise.all([1, 2].map(async (n) => await makeOnce(target, async (part) => await writeFile(part, `${n}`, { flag: 'wx' }))))
  t.match(readFileSync(target, 'utf8'), /^[12]$/)
})

void t.test('a digest depends on all parts', async (t) => {
  t.match(digest('a'), /^[0-9a-f]{12}$/)
  t.not(digest('a', 'b'), digest('a', 'c'))
})
