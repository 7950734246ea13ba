import type { ServerResponse } from 'node:http'

import t from 'tap'

import { canShareShim, crunOf } from '../../../service/docker/engine-runtimes.js'
import { EventStream } from '../../../service/docker/event-stream.js'
import { RuntimeChoice } from '../../../service/docker/runtime-choice.js'
import { eventStream, FakeEngine, json, silence } from '../fake-engine.js'
import { until } from '../fakes.js'

const RUNTIMES = { runc: { path: 'runc' }, crun: { path: '/usr/bin/crun' }, runsc: { path: '/usr/bin/runsc' }, kata: { runtimeType: 'io.containerd.kata.v2' } }
const INFO = { DefaultRuntime: 'runc', Runtimes: RUNTIMES }

interface Options { runtime?: string, sharedShim?: boolean, api?: string, info?: object, probe?: () => Promise<boolean | undefined>, timeoutMs?: number }

async function start (t: { teardown: (work: () => void | Promise<void>) => void }, { runtime, sharedShim = true, api = '1.43', info = INFO, probe = async () => true, timeoutMs = 5000 }: Options = {}) {
  const engine = await FakeEngine.start(t)
  engine.on('GET /info', json(200, info)).on('GET /version', json(200, { ApiVersion: api }))
  const client = engine.client(t, timeoutMs)
  const lines: string[] = []
  const log = { info: (details: object, message: string) => { lines.push(`${message} ${JSON.stringify(details)}`) }, warn: (_details: object, message: string) => { lines.push(message) } }
  const probed: string[] = []
  const choice = new RuntimeChoice({ engine: client, configured: { runtime, sharedShim }, probe: async (name) => { probed.push(name); return await probe() }, log })
  const images = { changed: () => {}, onImagesChanged (listener: () => void) { this.changed = listener } }
  return { engine, client, choice, lines, probed, images }
}

t.test('containers share a shim from API 1.43 on, with runc or crun', async (t) => {
  const cases: Array<[Options, boolean]> = [
    [{}, true], [{ api: '1.45' }, true], [{ api: '2.0' }, true], [{ api: '1.42' }, false], [{ api: '1.9' }, false],
    [{ runtime: 'crun' }, true], [{ runtime: 'runsc' }, false], [{ runtime: 'kata' }, false], [{ runtime: 'io.containerd.runsc.v1' }, false],
    [{ info: { ...INFO, DefaultRuntime: 'runsc' } }, false], [{ info: {} }, false]
  ]
  for (const [options, sharedShim] of cases) {
    const { choice } = await start(t, options)
    t.same(await choice.current(), { name: options.runtime, sharedShim }, JSON.stringify(options))
  }
})

t.test('a runtime with the type of runc\'s shim is identified by its program', async (t) => {
  const entry = { runtimeType: 'io.containerd.runc.v2', options: { BinaryName: '/opt/crun' } }
  t.equal(canShareShim('1.45', { DefaultRuntime: 'x', Runtimes: { x: entry } }, undefined), true)
  t.equal(canShareShim('1.45', { DefaultRuntime: 'x', Runtimes: { x: { ...entry, options: { BinaryName: '/opt/other' } } } }, undefined), false)
  t.equal(crunOf({ DefaultRuntime: 'runc', Runtimes: { runc: { path: 'runc' }, fast: entry } }), 'fast')
})

t.test('if the setting is off and the runtime is fixed, the engine is not asked', async (t) => {
  const { choice, engine } = await start(t, { runtime: 'runsc', sharedShim: false })
  t.same(await choice.current(), { name: 'runsc', sharedShim: false })
  t.equal(engine.calls.length, 0)
  const off = await start(t, { runtime: 'auto', sharedShim: false })
  t.same(await off.choice.current(), { name: 'crun', sharedShim: false })
})

t.test('auto selects crun if a program completes with it', async (t) => {
  const works = await start(t, { runtime: 'auto' })
  t.same(await Promise.all([works.choice.current(), works.choice.current()]), [{ name: 'crun', sharedShim: true }, { name: 'crun', sharedShim: true }])
  t.same([works.probed, works.engine.made('GET', '/info').length], [['crun'], 1], 'once')
  t.match(works.lines, [/^runtime of containers .*"runtime":"crun","sharedShim":true/])
  for (const probe of [async () => false, async () => { throw new Error('broken') }]) {
    const fails = await start(t, { runtime: 'auto', probe })
    t.same(await fails.choice.current(), { name: undefined, sharedShim: true })
    t.match(fails.lines, [/does not work/, /"runtime":"runc"/])
  }
})

t.test('auto does not replace a default runtime that isolates more than runc', async (t) => {
  for (const info of [{ ...INFO, DefaultRuntime: 'runsc' }, { ...INFO, DefaultRuntime: 'kata' }, { ...INFO, Runtimes: { runc: RUNTIMES.runc } }]) {
    const { choice, probed } = await start(t, { runtime: 'auto', info })
    t.equal((await choice.current()).name, undefined)
    t.same(probed, [])
  }
})

t.test('the selection is repeated when the service connects to an engine, or has a first image to try', async (t) => {
  const results = [undefined, true, false]
  const { choice, client, engine, probed, images } = await start(t, { runtime: 'auto', probe: async () => results[probed.length - 1] })
  const open: ServerResponse[] = []
  engine.on('GET /events', eventStream(open))
  const events = new EventStream(client)
  t.teardown(() => { events.close() })
  choice.follow(events, images)
  t.equal((await choice.current()).name, undefined, 'there is no image')
  images.changed()
  t.equal((await choice.current()).name, 'crun')
  images.changed()
  t.equal((await choice.current()).name, 'crun', 'the selection is not repeated for later images')
  await events.start()
  await until(() => open.length === 1)
  t.equal((await choice.current()).name, undefined, 'the other engine has a crun that does not work')
  t.equal(probed.length, 3)
})

t.test('while the engine does not respond, its default is used', async (t) => {
  const { choice, engine, lines } = await start(t, { runtime: 'auto', timeoutMs: 200 })
  engine.on('GET /info', silence)
  t.same(await choice.current(), { name: undefined, sharedShim: false })
  t.match(lines, [/is not selected/])
  engine.on('GET /info', json(200, INFO))
  t.same(await choice.current(), { name: 'crun', sharedShim: true })
})
