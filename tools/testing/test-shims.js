// npm run test:shims [-- --runs 5000 --pool 16 --kill-seconds 20 --runtime crun --root DIR]: runs programs while a random shim is killed every few
// seconds, on a second, newer Docker engine. Requires root on Debian or Ubuntu. Checks that each request gets a correct result or a clear 5xx
// response, that nothing remains, and that the engine does not grow. Prints a closing line «N passed, N failed».
import { parseArgs } from 'node:util'

import { startSecondEngine } from '../engine/second-engine.js'
import { copyImages, describeEngine } from '../images/copy-images.js'
import { NONE } from './counts.js'
import { findTools } from './host-tools.js'
import { report, skip, testWithImages } from './report.js'
import { ShimTest } from './shims/shim-test.js'

const LANGUAGE = 'python'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    pool: { type: 'string', default: '16' },
    'kill-seconds': { type: 'string', default: '20' },
    runtime: { type: 'string', default: 'runc' },
    root: { type: 'string' }
  }
})
await report(async () => {
  const missing = process.getuid?.() === 0 ? await findTools('secondEngine') : 'a second engine requires root'
  if (missing !== undefined) return skip(missing)
  /** @type {import('../engine/second-engine.js').SecondEngine | undefined} */
  let engine
  return await testWithImages([LANGUAGE], async (firstPath) => {
    engine = await startSecondEngine({ say, root: values.root })
    say(await describeEngine(engine.socketPath))
    await copyImages(firstPath, engine.socketPath, [LANGUAGE])
    const checks = await new ShimTest({
      engine, image: `runonce/${LANGUAGE}:latest`, runs: Number(values.runs), pool: Number(values.pool), killMs: Number(values['kill-seconds']) * 1000, runtime: values.runtime
    }).run()
    for (const { ok, text } of checks) process.stdout.write(`${ok ? 'ok' : 'not ok'} - ${text}\n`)
    return { ...NONE, passed: checks.filter(({ ok }) => ok).length, failed: checks.filter(({ ok }) => !ok).length }
  }, { cleanUp: async () => { await engine?.stop() } })
})

/** @param {string} text */
function say (text) {
  process.stdout.write(`== second engine: ${text}\n`)
}
