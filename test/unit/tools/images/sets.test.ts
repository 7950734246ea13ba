import { fileURLToPath } from 'node:url'

import t from 'tap'

import { readExamples } from '../../../../tools/images/examples.js'
import { listSets, readSet, registriesOf, selectImages } from '../../../../tools/images/sets.js'

const IMAGES = fileURLToPath(new URL('../../../../runner-images', import.meta.url))
const PYTHON = { 'language.json': '{"name":"python","aliases":["py"],"main":"main.py","version":"v","run":["python3"],"interactive":true,"env":{"A":"1"}}', 'hello.py': '1' }

void t.test('every package set of the repository is valid and has a program for each expectation', async (t) => {
  const names = await listSets(IMAGES)
  t.ok(names.includes('python-data'))
  for (const name of names) {
    const { cases, errors } = await readExamples(await readSet(IMAGES, name))
    t.same(errors, [])
    t.ok(cases.length > 1)
  }
})

void t.test('a package set inherits the fields of its language and overrides the name and some fields', async (t) => {
  const imagesDir = t.testdir({ languages: { python: PYTHON }, sets: { 'data.json': '{"base":"python","pypi":[],"env":{"B":"2"},"memory":5}' } })
  const { language, set } = await readSet(imagesDir, 'data')
  t.equal(set.base, 'python')
  t.match(language, { name: 'data', aliases: [], main: 'main.py', run: ['python3'], interactive: false, env: { A: '1', B: '2' }, memory: 5 })
})

void t.test('an error in a package set names the file and the field', async (t) => {
  const imagesDir = t.testdir({ languages: { python: PYTHON }, sets: { 'data.json': '{"base":"python","pypi":[{"name":"x"}]}', 'empty.json': '{}' } })
  await t.rejects(readSet(imagesDir, 'data'), /sets\/data\.json: pypi\[0\]\.version: is missing/)
  await t.rejects(readSet(imagesDir, 'empty'), /sets\/empty\.json: base: is missing/)
})

void t.test('the command line selects all languages, or the named languages and package sets', async (t) => {
  const imagesDir = t.testdir({ languages: { python: PYTHON }, sets: { 'data.json': '{"base":"python","pypi":[{"name":"x","version":"1","sha256":"' + '0'.repeat(64) + '"}]}' } })
  t.same(await selectImages([], imagesDir), ['python'])
  t.same(await selectImages(['data', 'python'], imagesDir), ['python', 'data'])
  await t.rejects(selectImages(['dat'], imagesDir), /Did you mean data/)
  t.same(await registriesOf(imagesDir, ['python']), [])
  t.same(await registriesOf(imagesDir, ['data']), ['pypi'])
})
