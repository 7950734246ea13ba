import t from 'tap'

import { Arrivals } from '../../../../tools/quickstart/arrivals.js'
import type { Hello } from '../../../../tools/quickstart/hello.js'

const SERVICE = { url: 'http://127.0.0.1:1', token: 'T' }
const helloOf = (language: string, ok = true): Hello => ({ language, ok, version: '1', output: '', image: '', main: '', program: '', ms: 1 })

void t.test('starts the service with the first image only, and runs one hello program at a time', async (t) => {
  const events: string[] = []
  let running = 0
  const arrivals = new Arrivals({
    serve: async () => { events.push('serve'); return SERVICE },
    hello: async (service, language) => {
      t.equal(++running, 1)
      t.equal(service, SERVICE)
      await Promise.resolve()
      running--
      return helloOf(language, language !== 'bad')
    },
    say: (_service, { language }, isFirst) => { events.push(`${language}${isFirst ? ' first' : ''}`) }
  })
  arrivals.add('bad')
  arrivals.add('python')
  t.equal(await arrivals.serving, SERVICE)
  arrivals.add('bash')
  await arrivals.all()
  t.same(events, ['serve', 'bad', 'python first', 'bash'], 'a failed program does not count as the first')
  t.same(arrivals.hellos.map(({ language }) => language), ['bad', 'python', 'bash'])
})

void t.test('hello programs that failed run again at the end', async (t) => {
  const runs: string[] = []
  const arrivals = new Arrivals({
    serve: async () => SERVICE,
    hello: async (_service, language) => { runs.push(language); return helloOf(language, language === 'python' || (language === 'java' && runs.length > 3)) },
    say: () => {}
  })
  for (const language of ['java', 'python', 'bad']) arrivals.add(language)
  await arrivals.all()
  t.same(await arrivals.retryFailed(), ['bad'])
  t.same(runs, ['java', 'python', 'bad', 'java', 'bad'])
  t.same(arrivals.hellos.map(({ language, ok }) => [language, ok]), [['python', true], ['java', true], ['bad', false]])
})

void t.test('an error of a step ends the arrivals, and is reported once', async (t) => {
  const failing = new Arrivals({ serve: async () => { throw new Error('port') }, hello: async () => helloOf('x'), say: () => t.fail('no service') })
  failing.add('python')
  failing.add('bash')
  await t.rejects(failing.serving, { message: 'port' })
  await t.rejects(failing.all(), { message: 'port' })
  const late = new Arrivals({ serve: async () => SERVICE, hello: async (_service, name) => { if (name === 'bash') throw new Error('gone'); return helloOf(name) }, say: () => {} })
  late.add('python')
  late.add('bash')
  await t.rejects(late.all(), { message: 'gone' })
  t.equal(await late.serving, SERVICE, 'an error after the start does not stop the service')
})
