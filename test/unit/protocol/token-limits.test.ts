import t from 'tap'

import type { Payload } from '../../../service/protocol/payload-schema.js'
import { encodePayload, type Submission } from '../../../service/protocol/payload.js'
import { lowerLimits, type TokenLimits } from '../../../service/protocol/token-limits.js'
import { MAXIMUM } from '../fakes.js'

const FILES = [{ name: 'a', content: '1' }]
const CEILING: TokenLimits = { timeMs: 1000, buildTimeMs: 500, casesTimeMs: 3000, interactiveTimeMs: 9000, outputBytes: 100, memoryBytes: 2000, processes: 20 }
const defaults = { memoryBytes: 1000, processes: 50 }

interface Options { requested?: object, version?: number, interactive?: boolean, ceiling?: TokenLimits }

function lowered (payload: Partial<Payload>, { requested = {}, version = 2, interactive = false, ceiling = CEILING }: Options = {}) {
  const submission = encodePayload({ files: FILES, ...payload }, { requested, maximum: MAXIMUM, version, ...(interactive ? { interactive: { terminal: undefined } } : {}) })
  const { payload: sent, limits } = lowerLimits(submission, ceiling, { defaults, foreign: false })
  return { submission, payload: JSON.parse(sent.toString('utf8')), limits }
}

t.test('the lower value of the run and the token applies', async (t) => {
  const most = lowered({})
  t.match(most.payload, { files: FILES, limits: { time: 1, buildTime: 0.5, output: 100 } })
  t.match(most.limits, { timeMs: 1000, outputBytes: 100, memoryBytes: undefined, processes: 20 }, 'more memory than the default is not given')
  t.equal(most.limits.resultBytes, most.submission.limits.resultBytes)
  const less = lowered({}, { requested: { time: 0.25, buildTime: 0.125, output: 10, memory: 900, processes: 9 } })
  t.match(less.payload, { limits: { time: 0.25, buildTime: 0.125, output: 10 } })
  t.match(less.limits, { timeMs: 250, outputBytes: 10, memoryBytes: 900, processes: 9 })
  t.match(lowered({}, { requested: { memory: 5000, processes: 60 } }).limits, { memoryBytes: 2000, processes: 20 })
})

t.test('with cases, the time applies to each case, and casesTime to all', async (t) => {
  const { payload, limits } = lowered({ cases: [{}, { limits: { time: 4 } }, { limits: { time: 0.5, output: 7 } }] })
  t.match(payload, { limits: { time: 1, total: 3 }, cases: [{}, { limits: { time: 1, output: 100 } }, { limits: { time: 0.5, output: 7 } }] })
  t.equal(limits.timeMs, 3000)
  const { payload: untouched } = lowered({ cases: [{ limits: { time: 0.5 } }] }, { ceiling: { outputBytes: 5000 } })
  t.match(untouched, { limits: { time: 5, total: 20 }, cases: [{ limits: { time: 0.5 } }] })
})

t.test('an interactive run has its own time limit; its build has the limit of other runs', async (t) => {
  const { payload, limits } = lowered({}, { interactive: true })
  t.match(payload, { interactive: true, limits: { time: 9, buildTime: 0.5, idle: 7 } })
  t.equal(limits.timeMs, 9000)
  const { payload: other, limits: unlimited } = lowered({}, { interactive: true, ceiling: { timeMs: 1000 } })
  t.match(other, { limits: { time: 40, buildTime: 1 } })
  t.equal(unlimited.timeMs, 40_000)
})

t.test('an image of protocol version 1 gets the limits too', async (t) => {
  t.match(lowered({}, { version: 1 }).payload, { limits: { time: 1, buildTime: 0.5, output: 100 } })
})

t.test('the payload of a foreign image is not changed; its result is as large as its output', async (t) => {
  const submission: Submission = { payload: Buffer.from('{not JSON'), limits: { timeMs: 5000, outputBytes: 1000, resultBytes: 1000 }, streams: false }
  const { payload, limits } = lowerLimits(submission, CEILING, { defaults, foreign: true })
  t.equal(payload, submission.payload)
  t.match(limits, { timeMs: 1000, outputBytes: 100, resultBytes: 100, processes: 20 })
})
