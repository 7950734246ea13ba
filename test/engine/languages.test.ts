import { availableParallelism } from 'node:os'

import t from 'tap'

import { readExamples, resultErrors, type Case } from '../../tools/images/examples.js'
import { isSameRelease, readMeasurements } from '../../tools/images/measurements.js'
import { readImage } from '../../tools/images/sets.js'
import { startService, type Result, type Service } from './kit.js'
import { languagesToTest } from '../../tools/testing/choose-languages.js'

/** Time limit per language in milliseconds; all languages take minutes. */
const LANGUAGE_MS = 60_000
/** Time limit of the service. It is longer than the default, because a program gets less CPU time per second on a busy machine. The test checks the CPU time instead. */
const TIME_LIMIT_S = 60
/** The default time limit of the service. With one CPU, a program that needs more CPU time than this cannot finish in time. */
const DEFAULT_TIME_LIMIT_NS = 10e9

interface Outcome { title: string, errors: string[], result?: Result }

void t.test('every language runs its hello program and its examples', async (t) => {
  const names = await languagesToTest()
  const service = await startService(t, { env: { RUN_MAX_EXECUTION_TIME: String(TIME_LIMIT_S) } })
  t.setTimeout(names.length * LANGUAGE_MS)
  const measurements = (await readMeasurements()).languages
  const details = await service.request('/api/languages?details=1', { token: null })
  const versions = new Map<string, string>(details.body.languages.map((one: { name: string, version: string }) => [one.name, one.version]))

  t.jobs = availableParallelism()
  for (const name of names) {
    void t.test(`${name} ${versions.get(name) ?? ''}`.trim(), { buffered: true }, async (t) => {
      t.setTimeout(names.length * LANGUAGE_MS)
      t.match(versions.get(name), /^\d+(\.\d+)*/, 'prints its version')
      const documented = measurements[name]?.version
      if (documented !== undefined) t.ok(isSameRelease(versions.get(name) ?? '', documented), `docs/languages.md has ${documented}; npm run bench:languages -- ${name} updates it`)
      for (const { title, errors, result } of await tryLanguage(service, name)) {
        if (errors.length === 0) t.pass(title)
        else t.fail(`${title}: ${errors.join('; ')}`, { result })
      }
    })
  }
})

async function tryLanguage (service: Service, name: string): Promise<Outcome[]> {
  const { cases, errors } = await readExamples(await readImage(name))
  const outcomes: Outcome[] = errors.map((error) => ({ title: 'its folder', errors: [error] }))
  for (const each of cases) outcomes.push(await tryCase(service, name, each))
  return outcomes
}

async function tryCase (service: Service, language: string, example: Case): Promise<Outcome> {
  const { status, body } = await service.post('/run', { image: `runonce/${language}:latest`, payload: example.payload })
  if (status !== 200) return { title: example.name, errors: [`${status} ${JSON.stringify(body)}`] }
  const errors = resultErrors(example, body)
  if (body.cpuTime > DEFAULT_TIME_LIMIT_NS) errors.push(`uses ${body.cpuTime / 1e9} s of CPU time, more than the default time limit`)
  return { title: example.name, errors, result: body }
}
