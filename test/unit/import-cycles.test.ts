import { fileURLToPath } from 'node:url'

import t from 'tap'

import { importCycles } from './import-cycles.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

void t.test('imports in the service, the tools and the tests are free of cycles', async (t) => {
  const cycles = await importCycles(ROOT, ['service', 'tools', 'test'])
  t.same(cycles.map((cycle) => cycle.join(' → ')), [])
})

void t.test('the check detects cycles of imports, exports, types and types in comments', async (t) => {
  const importTwo: Record<string, string> = {
    import: 'import { two } from \'./two.js\'',
    'side effect': 'import \'./two.js\'',
    export: 'export * from \'./two.js\'',
    'dynamic import': 'const { two } = await import(\'./two.js\')',
    type: 'import type { Two } from \'./two.js\'',
    'type in a comment': '/** @typedef {import(\'./two.js\').Two} Two */'
  }
  for (const [title, content] of Object.entries(importTwo)) {
    const root = t.testdir({ lib: { 'one.js': content, 'two.ts': 'import { three } from \'./three.js\'', 'three.js': 'import \'./one.js\'' }, 'free.js': 'import \'./lib/one.js\'' })
    t.same(await importCycles(root, ['.']), [['lib/one.js', 'lib/two.ts', 'lib/three.js', 'lib/one.js']], title)
  }
})

void t.test('the check accepts imports without a cycle', async (t) => {
  const root = t.testdir({ 'a.js': 'import \'./b.js\'\nimport \'./c.js\'', 'b.js': 'import \'./c.js\'', 'c.js': 'import \'node:fs\'' })
  t.same(await importCycles(root, ['.']), [])
})
