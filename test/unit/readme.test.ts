import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { LANGUAGES, listLanguages, readLanguage } from '../../tools/images/language.js'
import { isSameRelease, withLanguages } from '../../tools/images/readme.js'

const read = async (file: string) => await readFile(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')
const EMPTY = 'before\n<!-- languages: npm run readme:languages -->\nold\n<!-- /languages -->\nafter\n'

void t.test('the README\'s table is made of the languages, their figures, and what can\'t be had', async (t) => {
  const made = withLanguages(EMPTY, {
    languages: [{ name: 'bc' }, { name: 'c' }, { name: 'cpp', aliases: ['c++', 'cxx'] }],
    figures: { bc: { version: '1.07', bytes: 82e6 }, cpp: { version: '14.2.0', bytes: 554_400_000, coldMs: 420.6, readyMs: 300 } },
    unavailable: [{ name: 'dart', why: 'no package' }]
  })
  t.same(made.split('\n').filter((line) => /^\| [^l]|^- |^(before|after|old)$/.test(line)), [
    'before', '| bc |  | 1.07 | 82 |  |  |', '| c |  |  |  |  |  |', '| cpp | c++, cxx | 14.2.0 | 554 | 421 | 300 |', '- dart: no package', 'after'
  ])
  t.equal(withLanguages(made, { languages: [], figures: {}, unavailable: [] }), withLanguages(EMPTY, { languages: [], figures: {}, unavailable: [] }), 'whatever was there')
  t.throws(() => withLanguages('nothing', { languages: [], figures: {}, unavailable: [] }), /no part between/)
})

void t.test('the repository\'s README is current; npm run readme:languages -- --render makes it so', async (t) => {
  const names = await listLanguages(LANGUAGES)
  const figures = JSON.parse(await read('runner-images/figures.json'))
  t.same(Object.keys(figures).sort(), names, 'every language is looked up, and nothing else')
  const readme = await read('README.md')
  t.equal(readme, withLanguages(readme, {
    languages: await Promise.all(names.map(async (name) => (await readLanguage(LANGUAGES, name)).language)),
    figures,
    unavailable: JSON.parse(await read('runner-images/unavailable.json'))
  }))
})

void t.test('a distribution\'s update is no other release', async (t) => {
  t.ok(isSameRelease('8.4.28', '8.4.30'))
  t.ok(isSameRelease('25', '25'))
  t.notOk(isSameRelease('8.4.28', '8.5.0'))
  t.notOk(isSameRelease('25', '26'))
})

void t.test('README names every package that the project depends on', async (t) => {
  const { dependencies, devDependencies } = JSON.parse(await read('package.json'))
  const readme = await read('README.md')
  const development = readme.slice(readme.indexOf('## Development'))
  // TypeScript and its types need no reason.
  const packages = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => name !== 'typescript' && !name.startsWith('@types/'))
  for (const name of packages) t.ok(development.includes(name.replace(/^@fastify\/(?=rate-limit|bearer-auth)/, '')), name)
})

void t.test('every script that the documents tell to run is there', async (t) => {
  const { scripts } = JSON.parse(await read('package.json'))
  for (const page of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/security.md', 'runner-images/languages/README.md']) {
    for (const [, name = ''] of (await read(page)).matchAll(/npm run ([a-z:]+)/g)) t.ok(Object.hasOwn(scripts, name), `${page}: npm run ${name}`)
  }
})
