import t from 'tap'

import { needImages, startService } from './kit.js'

/** Number of runs per language. Without the library, a third of the runs lost data. TypeScript uses the same Node after a build. */
const RUNS: Record<string, number> = { javascript: 20, typescript: 5 }
const MORE_THAN_A_PIPE = 900_000
const LANGUAGES = Object.keys(RUNS)
const WRITE = `process.stdout.write('q'.repeat(${MORE_THAN_A_PIPE})); process.stderr.write('e'.repeat(100000)); process.exit(3)`
const READ = "process.stdin; console.log(require('fs').readFileSync(0, 'utf8').length)"

t.setTimeout(600_000)

void t.test('large output and input of Node programs', async (t) => {
  await needImages(...LANGUAGES)
  const pool = { POOL_IMAGES: LANGUAGES.map((name) => `runonce/${name}:latest`).join(','), POOL_MIN: '2', POOL_MAX: '2', POOL_MEMORY: '2000000000' }
  const services = { warm: await startService(t, { env: pool }), plain: await startService(t, { env: { POOL_MAX: '0' } }) }
  t.setTimeout(600_000)

  for (const [kind, service] of Object.entries(services)) {
    for (const [language, runs] of Object.entries(RUNS)) {
      await t.test(`${language}, ${kind}: all output written before process.exit() arrives`, async (t) => {
        for (let run = 0; run < runs; run++) {
          const { stdout, stderr, exitCode, stdoutTruncated } = await service.run(language, WRITE)
          t.strictSame([stdout.length, stderr.length, exitCode, stdoutTruncated], [MORE_THAN_A_PIPE, 100_000, 3, false])
        }
      })

      await t.test(`${language}, ${kind}: readFileSync(0) reads all of stdin after process.stdin was used`, async (t) => {
        for (let run = 0; run < runs; run++) {
          const { stdout, stderr } = await service.run(language, READ, { stdin: 'y'.repeat(MORE_THAN_A_PIPE) })
          t.strictSame([stdout, stderr], [`${MORE_THAN_A_PIPE}\n`, ''])
        }
      })
    }
  }
})
