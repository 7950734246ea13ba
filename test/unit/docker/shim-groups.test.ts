import t from 'tap'

import { ShimGroups } from '../../../service/docker/shim-groups.js'

t.test('containers share a group as long as one of them has not ended', async (t) => {
  const groups = new ShimGroups('me', 4)
  const first = groups.join()
  const second = groups.join()
  t.same([first.group, second.group], ['me-1', 'me-1'])
  first.leave()
  first.leave()
  const third = groups.join()
  t.equal(third.group, 'me-1', 'a container that leaves twice counts once')
  second.leave()
  third.leave()
  t.equal(groups.join().group, 'me-2', 'a group without containers is not used again')
})

t.test('further groups are opened when each has some containers, up to one per core', async (t) => {
  const groups = new ShimGroups('me', 2)
  const names = Array.from({ length: 20 }, () => groups.join().group)
  t.same(names.slice(0, 5), ['me-1', 'me-1', 'me-1', 'me-1', 'me-2'])
  t.equal(names.filter((name) => name === 'me-1').length, 10)
  t.equal(names.filter((name) => name === 'me-2').length, 10)
})

t.test('no group has more than 32 containers', async (t) => {
  const groups = new ShimGroups('me', 1)
  const names = Array.from({ length: 100 }, () => groups.join().group)
  for (const name of ['me-1', 'me-2', 'me-3']) t.equal(names.filter((each) => each === name).length, 32)
})

t.test('a group takes no more than 1000 containers, so that its shim ends', async (t) => {
  const groups = new ShimGroups('me', 1)
  let current = groups.join()
  const used = new Set([current.group])
  for (let i = 1; i <= 2000; i++) {
    const next = groups.join()
    current.leave()
    current = next
    used.add(current.group)
  }
  t.same([...used], ['me-1', 'me-2', 'me-3'])
})

t.test('an abandoned group takes no more containers', async (t) => {
  const groups = new ShimGroups('me', 1)
  const first = groups.join()
  groups.abandon(first.group)
  t.equal(groups.join().group, 'me-2')
  first.leave()
  t.equal(groups.join().group, 'me-2')
})
