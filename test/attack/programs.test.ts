import t, { type Test } from 'tap'

import { dockerRun, needImages, submission } from '../engine/kit.js'
import { attackTest, canWait, language, runtime, startTarget, WAITING, type Attack } from './attack.js'
import { cleanProgram } from './clean.js'
import { COMPILER } from './table/compiler.js'
import { EXHAUSTION } from './table/exhaustion.js'
import { ISOLATION } from './table/isolation.js'
import { STREAMS } from './table/streams.js'

/** Number of concurrent attacks. */
const LANES = 3
/** Timeout of all attacks in one runtime, in milliseconds. */
const FILE_MS = 900_000

const LANGUAGES = ['python', 'javascript', 'bash', 'c', 'cpp']
const only = process.env.RUNONCE_TEST_ATTACKS?.split(' ')
const attacks = [...ISOLATION, ...STREAMS, ...EXHAUSTION, ...COMPILER].filter(({ program }) => only === undefined || only.includes(program))

void t.test(`attacks fail and do not affect other runs (runtime: ${runtime ?? 'the engine\'s'})`, { jobs: LANES, timeout: FILE_MS }, async (t) => {
  await needImages(...LANGUAGES)
  // The first run reads the compiler from disk, which may take longer than the limits allow.
  for (const name of LANGUAGES) await dockerRun(`runonce/${name}:latest`, submission(name, cleanProgram(name)).payload)
  // Starts at both ends of the table, so that two attacks of the same kind do not run at the same time.
  const cold = [...attacks]
  const waiting = attacks.filter(canWait).reverse()
  await Promise.all([
    lane(t, [undefined], () => cold.shift()),
    lane(t, [undefined], () => cold.pop()),
    lane(t, WAITING, () => waiting.shift())
  ])
})

/** Runs attacks one after another. @param waits the languages for which a service is started with a ready container; undefined starts one without */
async function lane (t: Test, waits: Array<string | undefined>, next: () => Attack | undefined): Promise<void> {
  const targets = await Promise.all(waits.map(async (waiting) => ({ waiting, target: await startTarget(t, waiting) })))
  t.setTimeout(FILE_MS)
  for (let attack = next(); attack !== undefined; attack = next()) {
    const name = language(attack)
    const chosen = targets.find(({ waiting }) => waiting === name) ?? targets[0]
    if (chosen !== undefined) await attackTest(t, chosen.target, attack)
  }
}
