import t, { type Test } from 'tap'

import { dockerRun, needImages, submission } from '../engine/kit.js'
import { attackTest, canWait, startTarget, WAITING } from './attack.js'
import { cleanProgram } from './clean.js'
import { language, runtime, type Trial } from './trial.js'
import { trials } from './trials.js'

const selected = trials(process.env.RUNONCE_TEST_ATTACKS?.split(' '), process.env.RUNONCE_TEST_MODES)
/** Number of concurrent attacks. */
const LANES = 3
/** Timeout of all attacks in one runtime, in milliseconds: 900 s, and 5 s for each attack. */
const FILE_MS = 900_000 + 5000 * selected.length

const LANGUAGES = ['python', 'javascript', 'bash', 'c', 'cpp']

void t.test(`attacks fail and do not affect other runs (runtime: ${runtime ?? 'the engine\'s'})`, { jobs: LANES, timeout: FILE_MS }, async (t) => {
  await needImages(...LANGUAGES)
  // The first run reads the compiler from disk, which may take longer than the limits allow.
  for (const name of LANGUAGES) await dockerRun(`runonce/${name}:latest`, submission(name, cleanProgram(name)).payload)
  await together(t, selected.filter(({ attack }) => attack.alone === undefined))
  const alone = selected.filter(({ attack }) => attack.alone !== undefined)
  if (alone.length === 0) return
  await lane(t, [undefined], iterator(alone))
  await lane(t, WAITING, iterator(alone.filter(canWait)))
})

/** Runs the attacks in three lanes. Starts at both ends of the table, so that two attacks of the same kind do not run at the same time. */
async function together (t: Test, all: Trial[]): Promise<void> {
  const cold = [...all]
  await Promise.all([
    lane(t, [undefined], () => cold.shift()),
    lane(t, [undefined], () => cold.pop()),
    lane(t, WAITING, iterator(all.filter(canWait).reverse()))
  ])
}

/** Returns a function that returns the next element at each call. */
function iterator<T> (elements: T[]): () => T | undefined {
  const rest = [...elements]
  return () => rest.shift()
}

/** Runs attacks one after another. @param waits the languages for which a service is started with a ready container; undefined starts one without */
async function lane (t: Test, waits: Array<string | undefined>, next: () => Trial | undefined): Promise<void> {
  const targets = await Promise.all(waits.map(async (waiting) => ({ waiting, target: await startTarget(t, waiting) })))
  t.setTimeout(FILE_MS)
  for (let trial = next(); trial !== undefined; trial = next()) {
    const name = language(trial.attack)
    const chosen = targets.find(({ waiting }) => waiting === name) ?? targets[0]
    if (chosen !== undefined) await attackTest(t, chosen.target, trial)
  }
}
