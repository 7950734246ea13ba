import t from 'tap'

import { containerStartFailed, engineUnreachable } from '../../../service/errors.js'
import type { Exchange } from '../../../service/runs/ports.js'
import { Probe } from '../../../service/runs/probe.js'
import { COMPLETED, FakeImages, FakeSandbox, FakeSandboxes, foreignImage, languageImage, serviceError } from '../fakes.js'

const LIMITS = { timeMs: 1000, outputBytes: 1000 }
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

t.test('if that image is broken, another one decides', async (t) => {
  const { probe, sandboxes } = start(BROKEN, container())
  await probe.run(PYTHON, signal)
  t.same(sandboxes.leased, [PYTHON, BASH])
})

t.test('a foreign image, or one that is gone, is not tried', async (t) => {
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

t.test('without a language image there is nothing to try', async (t) => {
  const sandboxes = new FakeSandboxes()
  await new Probe({ images: new FakeImages([foreignImage()]), sandboxes, limits: LIMITS }).run(undefined, signal)
  t.equal(sandboxes.leased.length, 0)
})
