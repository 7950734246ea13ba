import t from 'tap'

import { POLICIES, type Policy } from '../../../../tools/bench/fleet-sim/policies.js'
import { simulate, type Profile } from '../../../../tools/bench/fleet-sim/simulate.js'

const ONE_SLOT: Profile = { slots: 1, poolMax: 4, refillMs: 0, throughput: [0, 100] }
const TWO_CPUS: Profile = { slots: 4, poolMax: 4, refillMs: 0, throughput: [0, 100, 200, 200, 200] }
const HELLO = [{ image: 'a', share: 1, warm: [10], cold: [100] }]
const LEAST = POLICIES['least connections'] as Policy
const mean = (values: number[]) => values.reduce((sum, each) => sum + each, 0) / values.length

t.test('a queue with one server has the mean latency of theory (M/D/1)', async (t) => {
  for (const load of [0.3, 0.6]) {
    const { latencies } = simulate({ profile: ONE_SLOT, programs: HELLO, nodes: 1, policy: LEAST, ratePerSecond: 100 * load, runs: 20_000 })
    const expected = 10 + 10 * load / (2 * (1 - load))
    t.ok(Math.abs(mean(latencies) / expected - 1) < 0.05, `${load}: ${mean(latencies)} ms, ${expected} ms in theory`)
  }
})

t.test('runs that exceed the number of CPUs share them', async (t) => {
  const { latencies } = simulate({ profile: TWO_CPUS, programs: HELLO, nodes: 1, policy: LEAST, ratePerSecond: 1e9, runs: 4 })
  for (const latency of latencies) t.ok(Math.abs(latency - 20) < 1, `${latency} ms`)
})

t.test('a run is slower if no container of its image is ready, and each use of an image prepares one', async (t) => {
  const programs = ['a', 'b'].map((image) => ({ image, share: 0.5, warm: [10], cold: [100] }))
  const run = (poolMax: number) => simulate({ profile: { ...ONE_SLOT, poolMax }, programs, nodes: 1, policy: LEAST, ratePerSecond: 0.1, runs: 2000 })
  t.equal(run(2).warm, 1)
  t.equal(run(2).p99, 10)
  const { warm, p99 } = run(1)
  t.ok(warm > 0.4 && warm < 0.6, `with one place for two images, ${warm}`)
  t.equal(p99, 100)
})

t.test('sticky images need fewer ready containers', async (t) => {
  const programs = Array.from({ length: 16 }, (_, n) => ({ image: `i${n}`, share: 1 / 16, warm: [10], cold: [100] }))
  const warm = (name: string) => simulate({ profile: TWO_CPUS, programs, nodes: 8, policy: POLICIES[name] as Policy, ratePerSecond: 200, runs: 5000 }).warm
  t.ok(warm('sticky by image, bounded load') > 2 * warm('random'))
})

t.test('one central queue has a lower 99th percentile than random nodes, and an overload is refused', async (t) => {
  const run = (name: string, load: number) => simulate({ profile: TWO_CPUS, programs: HELLO, nodes: 10, policy: POLICIES[name] as Policy, ratePerSecond: 2000 * load, runs: 5000 })
  t.ok(run('central queue, least connections', 0.9).p99 < run('random', 0.9).p99 / 2)
  for (const name of Object.keys(POLICIES)) {
    t.equal(run(name, 0.3).refused, 0, name)
    const { refused } = run(name, 3)
    t.ok(refused > 0.2 && refused < 0.7, `${name}: ${refused}`)
  }
})
