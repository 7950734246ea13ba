import { readdirSync } from 'node:fs'
import { basename } from 'node:path'

import t, { type Test } from 'tap'

import { needImages, startService, until, type Result, type Service } from '../kit.js'
import { readTable, type Program } from './table.js'

const FEWEST_PROGRAMS = 25
/** A hundred programs, each twice, on a machine that is slow. */
const LANGUAGE_MS = 600_000
const READY_MS = 30_000
/** A witness tells by its process's age whether it waited; so it has to wait for longer than a plain start takes. */
const WITNESS_AGE_MS = 1500
/** Languages at a time: one's starts fill another's waits. */
const LANES = 2
const TABLES = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.txt')).map((name) => basename(name, '.txt'))

t.setTimeout(TABLES.length * LANGUAGE_MS)
t.jobs = LANES

for (const language of TABLES.filter((name) => (process.env.WARM_LANGUAGES ?? name).split(' ').includes(name))) {
  t.test(`${language}: a warm interpreter can't be told from a plain one`, { buffered: true, timeout: LANGUAGE_MS }, async (t) => {
    await needImages(language)
    const programs = readTable(new URL(`${language}.txt`, import.meta.url))
    t.ok(programs.length >= FEWEST_PROGRAMS, `there are ${programs.length} programs`)
    t.ok(programs.some(({ expects }) => expects === 'witness'), 'one of them tells warm from plain')
    const env = { RUN_MAX_EXECUTION_TIME: '20' }
    const warm = await startService(t, { env: { ...env, POOL_IMAGES: `runonce/${language}:latest`, POOL_MIN: '2', POOL_MAX: '2', POOL_MEMORY: '2000000000' } })
    const plain = await startService(t, { env: { ...env, POOL_MAX: '0' } })
    t.setTimeout(LANGUAGE_MS) // a service sets its own
    for (const program of programs) await t.test(program.title, async (t) => { await compare(t, language, program, { warm, plain }) })
    const { images } = (await warm.request('/readyz')).body.pool
    t.match(images, [{ misses: 0 }], 'every run of the pool found a ready container')
  })
}

async function compare (t: Test, language: string, program: Program, { warm, plain }: { warm: Service, plain: Service }) {
  await readyContainer(warm)
  if (program.expects === 'witness') await new Promise((resolve) => setTimeout(resolve, WITNESS_AGE_MS))
  const warmResult = await observe(warm, language, program)
  const plainResult = await observe(plain, language, program)
  if (program.expects === 'same') t.strictSame(warmResult, plainResult)
  if (program.expects === 'witness') t.strictSame([warmResult.stdout, plainResult.stdout], ['warm\n', 'plain\n'])
  if (program.expects === 'differs') {
    await readyContainer(warm)
    const texts = [warmResult, plainResult, await observe(warm, language, program)].map(({ stdout }) => stdout)
    t.match(warmResult, { exitCode: 0, stdout: /./ })
    t.equal(new Set(texts).size, texts.length, 'no two runs say the same')
  }
}

async function readyContainer (service: Service) {
  await until(async () => (await service.request('/readyz')).body.pool.ready > 0, 'a ready container', READY_MS)
}

/** What a run's author sees of it, measures aside. Host name and process number are the container's, and differ with it. */
async function observe (service: Service, language: string, { files, payload }: Program) {
  const { duration, cpuTime, memoryPeak, stdoutBytes, stderrBytes, build, ...seen } = await service.run(language, files, payload)
  const text = JSON.stringify({ ...seen, build: build && { ...build, duration: 0 } })
  return JSON.parse(text.replaceAll(service.hostname, 'HOST').replace(/\(node:\d+\)/g, '(node:PID)')) as Result
}
