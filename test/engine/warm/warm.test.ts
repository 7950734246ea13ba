import { readdirSync } from 'node:fs'
import { basename } from 'node:path'

import t, { type Test } from 'tap'

import { needImages, startService, until, type Result, type Service } from '../kit.js'
import { readTable, type Program } from './table.js'

const FEWEST_PROGRAMS = 25
/** Time limit per language in milliseconds: a hundred programs run twice on a slow machine. */
const LANGUAGE_MS = 600_000
/** Minimum container age in milliseconds. A witness detects waiting by the age of its process, so the age must exceed the time of a plain start. */
const WITNESS_AGE_MS = 1500
/** Number of concurrent languages. While one language waits for the engine, the others use the CPU. */
const LANES = 2
const TABLES = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.txt')).map((name) => basename(name, '.txt'))

t.setTimeout(TABLES.length * LANGUAGE_MS)
t.jobs = LANES

for (const language of TABLES.filter((name) => (process.env.WARM_LANGUAGES ?? name).split(' ').includes(name))) {
  t.test(`${language}: a program behaves the same in a warm and in a plain interpreter`, { buffered: true, timeout: LANGUAGE_MS }, async (t) => {
    await needImages(language)
    const programs = readTable(new URL(`${language}.txt`, import.meta.url))
    t.ok(programs.length >= FEWEST_PROGRAMS, `there are ${programs.length} programs`)
    t.ok(programs.some(({ expects }) => expects === 'witness'), 'one program detects the warm interpreter')
    const env = { RUN_MAX_EXECUTION_TIME: '20' }
    const warm = await startService(t, { env: { ...env, POOL_IMAGES: `runonce/${language}:latest`, POOL_MIN: '2', POOL_MAX: '2', POOL_MEMORY: '2000000000' } })
    const plain = await startService(t, { env: { ...env, POOL_MAX: '0' } })
    t.setTimeout(LANGUAGE_MS) // startService sets a shorter timeout
    for (const program of programs) await t.test(program.title, async (t) => { await compare(t, language, program, { warm, plain }) })
    const { images } = (await warm.request('/readyz')).body.pool
    t.match(images, [{ misses: 0 }], 'every warm run had a ready container')
  })
}

async function compare (t: Test, language: string, program: Program, { warm, plain }: { warm: Service, plain: Service }) {
  // One after the other: at the same time, neither would start as it does on a quiet machine.
  const warmResult = await observeWarm(warm, language, program)
  const plainResult = await observe(plain, language, program)
  if (program.expects === 'same') t.strictSame(warmResult, plainResult)
  if (program.expects === 'witness') t.strictSame([warmResult.stdout, plainResult.stdout], ['warm\n', 'plain\n'])
  if (program.expects === 'differs') {
    const texts = [warmResult, plainResult, await observeWarm(warm, language, program)].map(({ stdout }) => stdout)
    t.match(warmResult, { exitCode: 0, stdout: /./ })
    t.equal(new Set(texts).size, texts.length, 'all outputs differ')
  }
}

/** Runs the program in a container that is ready and old enough for a witness. */
async function observeWarm (service: Service, language: string, program: Program) {
  await until(async () => (await service.request('/readyz')).body.pool.ready > 0, 'a ready container')
  if (program.expects === 'witness') {
    await until(async () => {
      const containers = await service.containers()
      return containers.length > 0 && containers.every(({ State }) => Date.now() - Date.parse(State.StartedAt) > WITNESS_AGE_MS)
    }, 'old enough containers')
  }
  return await observe(service, language, program)
}

/** Returns the result without measurements. Replaces the host name of the container and the process number. */
async function observe (service: Service, language: string, { files, payload }: Program) {
  const { duration, cpuTime, memoryPeak, stdoutBytes, stderrBytes, build, ...seen } = await service.run(language, files, payload)
  const text = JSON.stringify({ ...seen, build: build && { ...build, duration: 0 } })
  return JSON.parse(text.replaceAll(service.hostname, 'HOST').replace(/\(node:\d+\)/g, '(node:PID)')) as Result
}
