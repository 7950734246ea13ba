import t from 'tap'

import { containerRefused, containerStartFailed, engineUnreachable, imageNeedsMore } from '../../../service/errors.js'
import type { Exchange } from '../../../service/runs/ports.js'
import { Probe } from '../../../service/runs/probe.js'
import { COMPLETED, FakeImages, FakeSandbox, FakeSandboxes, foreignImage, languageImage, MAXIMUM, serviceError } from '../fakes.js'

const LIMITS = { ...MAXIMUM, timeMs: 1000 }
const [BASH, C, PYTHON] = ['bash', 'c', 'python'].map((name) => languageImage(name)) as [ReturnType<typeof languageImage>, ReturnType<typeof languageImage>, ReturnType<typeof languageImage>]
const BROKEN = containerStartFailed('broken')
const { signal } = new AbortController()

function container () {
  return new FakeSandbox('c', async (): Promise<Exchange> => ({ end: 'result', stdout: Buffer.from(`${JSON.stringify(COMPLETED)}\n`), stderr: Buffer.alloc(0) }))
}

function start (...containers: Array<FakeSandbox | Error>) {
  const images = new FakeImages([BASH, C, PYTHON, foreignImage()])
  const sandboxes = new FakeSandboxes(...containers)
  return { images, sandboxes, probe: new Probe({ images, sandboxes, limits: LIMITS }) }
}

t.test('a probe runs the hello program of the failing image, and removes its container', async (t) => {
  const works = container()
  const { probe, sandboxes } = start(works)
  await probe.run(PYTHON, signal)
  t.same([sandboxes.leased, works.retired], [[PYTHON], 1])
  t.match(JSON.parse(String(works.exchanges[0]?.payload)), { files: [{ name: 'main.txt', content: 'hello' }] })
})

t.test('if that image is broken, the probe uses another image', async (t) => {
  const { probe, sandboxes } = start(BROKEN, container())
  await probe.run(PYTHON, signal)
  t.same(sandboxes.leased, [PYTHON, BASH])
})

t.test('images that fail for a reason specific to the image are ignored', async (t) => {
  const needsMore = imageNeedsMore('runonce/bash:latest', 'bytes of memory', 2, 1, 'DOCKER_CONTAINER_MEMORY_CAP')
  const two = start(needsMore, containerRefused('no command specified'), container())
  await two.probe.run(undefined, signal)
  t.same(two.sandboxes.leased, [BASH, C, PYTHON])
  const all = start(needsMore, needsMore, needsMore)
  await t.resolves(all.probe.run(undefined, signal))
  const failing = start(needsMore, BROKEN, needsMore)
  await t.rejects(failing.probe.run(undefined, signal), serviceError({ message: 'broken' }))
})

t.test('a probe ends after half a minute, regardless of the time limit of runs', async (t) => {
  const works = container()
  await new Probe({ images: new FakeImages([PYTHON]), sandboxes: new FakeSandboxes(works), limits: { ...LIMITS, timeMs: 3_600_000 } }).run(undefined, signal)
  t.equal(works.exchanges[0]?.options.deadlineMs, 32_000)
  t.match(JSON.parse(String(works.exchanges[0]?.payload)), { limits: { time: 30 } })
})

t.test('a probe that its signal aborts has failed', async (t) => {
  const closing = new AbortController()
  const sandbox = new FakeSandbox('c', async (): Promise<Exchange> => {
    closing.abort(new Error('closing'))
    return { end: 'cancelled', stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  })
  const probe = new Probe({ images: new FakeImages([PYTHON]), sandboxes: new FakeSandboxes(sandbox), limits: LIMITS })
  await t.rejects(probe.run(undefined, closing.signal), { message: 'closing' })
})

t.test('foreign and missing images are skipped', async (t) => {
  for (const suspect of [foreignImage(), languageImage('gone'), undefined]) {
    const { probe, sandboxes } = start(container())
    await probe.run(suspect, signal)
    t.same(sandboxes.leased, [BASH])
  }
})

t.test('a probe fails with the last error if no image works', async (t) => {
  const { probe, sandboxes, images } = start(containerStartFailed('first'), BROKEN)
  await t.rejects(probe.run(PYTHON, signal), serviceError({ message: 'broken' }))
  t.equal(sandboxes.leased.length, 2)
  images.fail = engineUnreachable('gone')
  await t.rejects(probe.run(PYTHON, signal), serviceError({ slug: 'docker.unixsocket' }))
})

t.test('a probe does not run if no language image exists', async (t) => {
  const sandboxes = new FakeSandboxes()
  await new Probe({ images: new FakeImages([foreignImage()]), sandboxes, limits: LIMITS }).run(undefined, signal)
  t.equal(sandboxes.leased.length, 0)
})
