import t from 'tap'

import { longestRunMs, payloadLimits, runLimits } from '../../../service/protocol/limits.js'
import { MAXIMUM } from '../fakes.js'

const PLAIN = { cases: 0, interactive: false, returnsFiles: false }
const CASES = { ...PLAIN, cases: 2 }
const INTERACTIVE = { ...PLAIN, interactive: true }

void t.test('a payload contains the limits of its run', async (t) => {
  t.same(payloadLimits({}, MAXIMUM, PLAIN), { time: 5 })
  t.same(payloadLimits({ timeMs: 1000, buildTimeMs: 500, outputBytes: 7 }, MAXIMUM, PLAIN), { time: 1, buildTime: 0.5, output: 7 })
  t.same(payloadLimits({ timeMs: 1e9 }, MAXIMUM, PLAIN), { time: 5 }, 'the limit of the service is the maximum')
  t.same(payloadLimits({}, MAXIMUM, CASES), { time: 5, total: 20 }, 'each case has the time limit of a run')
  t.same(payloadLimits({}, MAXIMUM, INTERACTIVE), { time: 40, buildTime: 5, idle: 7 }, 'the build keeps the usual time limit')
})

void t.test('the service stops a run after the longest time that its container can take', async (t) => {
  t.match(runLimits({}, MAXIMUM, PLAIN), { timeMs: 5000 })
  t.match(runLimits({ timeMs: 100 }, MAXIMUM, PLAIN), { timeMs: 100 })
  t.match(runLimits({ timeMs: 100 }, MAXIMUM, CASES), { timeMs: 20_000 })
  t.match(runLimits({}, MAXIMUM, INTERACTIVE), { timeMs: 40_000 })
  t.equal(longestRunMs(MAXIMUM, { interactive: false }), 20_000)
  t.equal(longestRunMs(MAXIMUM, { interactive: true }), 40_000)
})

void t.test('the size limit of the result grows with cases and returned files', async (t) => {
  const bytes = (kind: object, maximum = {}) => runLimits({}, { ...MAXIMUM, ...maximum }, { ...PLAIN, ...kind }).resultBytes
  t.equal(bytes({}), 16 * 1000 + 65_536)
  t.equal(bytes({ cases: 3 }), 3 * (16 * 1000 + 4096) + 65_536)
  t.ok(bytes({ returnsFiles: true }) >= bytes({}) + 6 * MAXIMUM.outputFilesBytes, 'control characters take six bytes')
  t.equal(bytes({ cases: 100 }, { outputBytes: 1_048_576 }), 268_435_456, 'the results of all cases must fit into memory')
  t.equal(bytes({ cases: 100 }, { outputBytes: 1e9 }), bytes({}, { outputBytes: 1e9 }), 'the limit of a single result is the minimum')
})
