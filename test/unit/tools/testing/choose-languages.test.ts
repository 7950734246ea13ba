import t from 'tap'

import { chooseLanguages, describeChoice, languagesToTest } from '../../../../tools/testing/choose-languages.js'

const DAY = 24 * 60 * 60 * 1000
const KNOWN = [{ name: 'a' }, { name: 'b', shared: ['jvm'] }, { name: 'c', first: true }, { name: 'd' }, { name: 'e', shared: ['node'] }, { name: 'f' }]

/** Returns a fake git with these responses. All other commands fail. */
const gitOf = (answers: Record<string, string>) => (...args: string[]) => answers[args.join(' ')]
const LANDING = { 'rev-parse HEAD': 'h2', 'merge-base HEAD origin/main': 'h1' }
const changed = (paths: string[], more: Record<string, string> = LANDING) => {
  const since = more['merge-base HEAD origin/main'] === 'h1' ? 'h1' : 'h0'
  return chooseLanguages(KNOWN, { git: gitOf({ ...more, [`diff --name-only --no-renames ${since}`]: paths.join('\n') }), now: 0 }).changed
}

void t.test('selects the most used languages, languages with changed folders, and languages that use a changed shared folder', async (t) => {
  t.same(changed(['runner-images/languages/d/setup.sh', 'runner-images/languages/c/hello.c', 'README.md', 'runner-images/languages/README.md']), ['d'])
  t.same(changed(['runner-images/shared/jvm/setup.sh']), ['b'])
  t.same(changed(['runner-images/languages/gone/hello.x']), [])
  t.same(chooseLanguages(KNOWN, {
    git: gitOf({ 'ls-files --others --exclude-standard --full-name :/': 'runner-images/languages/f/language.json' }), now: 0
  }).changed, ['f'], 'including untracked files')
})

void t.test('on main, compares with the previous commit; works without history', async (t) => {
  const onMain = { 'rev-parse HEAD': 'h1', 'merge-base HEAD origin/main': 'h1', 'rev-parse --verify --quiet HEAD~1': 'h0' }
  const git = gitOf({ ...onMain, 'diff --name-only --no-renames h0': 'runner-images/languages/a/language.json' })
  t.same(chooseLanguages(KNOWN, { git, now: 0 }).changed, ['a'])
  const alone = { 'rev-parse HEAD': 'h1', 'rev-parse --verify --quiet HEAD~1': 'h0', 'diff --name-only --no-renames h0': 'runner-images/languages/a/language.json' }
  t.same(chooseLanguages(KNOWN, { git: gitOf(alone), now: 0 }).changed, ['a'], 'no origin')
  t.same(chooseLanguages(KNOWN, { git: gitOf({ 'rev-parse HEAD': 'h1' }), now: 0 }).changed, [], 'a clone of one commit')
  t.same(chooseLanguages(KNOWN, { git: () => undefined, now: 0 }).names, ['a', 'b', 'c', 'd'], 'no git')
})

void t.test('the sample changes with the date and covers all languages within a few days', async (t) => {
  const seen = new Set<string>()
  for (let day = 0; day < 2; day++) {
    const { sample, names } = chooseLanguages(KNOWN, { git: () => undefined, now: day * DAY + 5 })
    t.equal(sample.length, 3)
    t.same(names, [...sample, 'c'].sort())
    for (const name of sample) seen.add(name)
  }
  t.same([...seen].sort(), ['a', 'b', 'd', 'e', 'f'])
  const { sample, names } = chooseLanguages(KNOWN, { git: gitOf({ ...LANDING, 'diff --name-only --no-renames h1': 'runner-images/languages/a/x' }), now: 0 })
  t.same(sample, ['b', 'd'], 'changed languages are not part of the sample')
  t.same(names, ['a', 'b', 'c', 'd'])
})

void t.test('selects some of many changed languages and lists the others', async (t) => {
  const known = Array.from({ length: 20 }, (_, index) => ({ name: `l${String(index).padStart(2, '0')}` }))
  const git = gitOf({ ...LANDING, 'diff --name-only --no-renames h1': known.map(({ name }) => `runner-images/languages/${name}/x`).join('\n') })
  const seen = new Set<string>()
  for (let day = 0; day < 2; day++) {
    const { names, changed, left } = chooseLanguages(known, { git, now: day * DAY })
    t.equal(changed.length, 12)
    t.same([...names, ...left].sort(), known.map(({ name }) => name))
    for (const name of changed) seen.add(name)
  }
  t.equal(seen.size, 20)
})

void t.test('describes the choice', async (t) => {
  t.equal(describeChoice({ names: [], first: ['c', 'x'], changed: ['d'], sample: [], left: [] }),
    'languages: first: 2; changed: d; sample: none')
  t.equal(describeChoice({ names: [], first: [], changed: ['d'], sample: ['e'], left: ['f', 'g'] }).split('\n')[1],
    'also changed, but not tested in this run: npm run test:languages -- f g')
})

void t.test('the tests use the languages in the environment variable, or the most used languages', async (t) => {
  t.intercept(process, 'env', { value: { ...process.env, RUNONCE_TEST_LANGUAGES: ' python  go ' } })
  t.same(await languagesToTest(), ['python', 'go'])
  process.env['RUNONCE_TEST_LANGUAGES'] = ''
  t.ok((await languagesToTest()).includes('python'))
})
