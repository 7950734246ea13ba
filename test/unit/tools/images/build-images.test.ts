import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ServerResponse } from 'node:http'

import t from 'tap'

import { buildImages } from '../../../../tools/images/build-images.js'
import { concurrentBuilds } from '../../../../tools/images/engine-limits.js'
import { imageDigest } from '../../../../tools/images/image-digest.js'
import { FakeEngine, empty, json, type EngineCall } from '../../fake-engine.js'

const language = (name: string, more = {}) => ({
  'language.json': JSON.stringify({ name, main: 'm', version: 'v', run: ['x'], ...more }), 'hello.x': 'hello'
})

/** Creates a repository with two languages, and an engine that has one image and fails to build the other. */
async function start (t: Parameters<typeof FakeEngine.start>[0] & { testdir: (files: never) => string }, present: object = {}) {
  const imagesDir = path.resolve(t.testdir({
    Dockerfile: 'FROM x',
    'packages.sh': '',
    'any-name': '',
    runner: { 'main.c': '' },
    shared: { jvm: { 'shared.json': '{"packages":["openjdk"]}', 'a.java': '' } },
    languages: { bad: language('bad', { shared: ['jvm'], packages: ['bad-package'] }), good: language('good', { glot: 'better', ...present }) }
  } as never))
  const engine = await FakeEngine.start(t)
  const digest = await imageDigest({ imagesDir, name: 'good', base: 'sha256:base', arch: 'x64' })
  const built = (call: EngineCall, response: ServerResponse) => {
    const fails = call.query.get('t') === 'runonce/bad:unlabelled'
    response.end(fails
      ? '{"stream":"Step 2/9 : RUN packages"}\n{"stream":"(Reading database ... 5%\\rE: no bad-package\\n"}\n{"errorDetail":{"message":"exit code 100"}}\n'
      : '{"aux":{"ID":"sha256:stage"}}\n')
  }
  engine.on('GET /info', json(200, { Architecture: 'x86_64', NCPU: 2, MemTotal: 8 * 2 ** 30 }))
    .on('GET /images/debian:trixie-slim/json', json(200, { Id: 'sha256:base' }))
    .on('GET /images/runonce/good:latest/json', json(200, { Id: 'sha256:good', Size: 5, Config: { Labels: { 'runonce.digest': digest, 'runonce.version': '1.2' } } }))
    .on('GET /images/json', json(200, []))
    .on('POST /images/runonce/good:latest/tag', empty(201))
    .on('POST /build', built)
  let text = ''
  return { engine, imagesDir, out: { write: (chunk: string) => { text += chunk } }, said: () => text }
}

void t.test('a failed build shows its last lines and does not stop the others', async (t) => {
  const { engine, imagesDir, out, said } = await start(t)
  const results = await buildImages({ socketPath: engine.socketPath, imagesDir, out })
  t.match(results, [{ name: 'bad', error: { message: 'exit code 100', log: [/.*/, 'E: no bad-package'] } }, { name: 'good', tag: 'runonce/good:latest', version: '1.2', fresh: false }])
  t.match(said(), /bad +[\d.]+ s {2}\[2 of 2\] FAILED: exit code 100\n.*\n {4}E: no bad-package\n/)
  t.match(said(), /good +[\d.]+ s {2}\[1 of 2\] up to date \(1\.2\)\n/)
  t.equal(engine.made('POST', '/images/runonce').length, 0, 'without glotTags, no tag with glot\'s name is added')
})

void t.test('builds each shared stage once, before the languages that use it', async (t) => {
  const { engine, imagesDir, out } = await start(t)
  const more = path.join(imagesDir, 'languages/more')
  await mkdir(more)
  for (const [name, text] of Object.entries(language('more', { shared: ['jvm'] }))) await writeFile(path.join(more, name), text)
  await buildImages({ socketPath: engine.socketPath, names: ['bad', 'more'], imagesDir, out })
  const builds = engine.made('POST', '/build').map(({ query }) => [query.get('target') ?? query.get('t'), JSON.parse(query.get('buildargs') ?? '{}').SHARED_PACKAGES ?? ''])
  t.same(builds.slice(0, 3).sort(), [['runner', ''], ['shared', ''], ['shared', 'openjdk']])
  t.same(builds.slice(3).flatMap(([name]) => name ?? []).sort(), ['runonce/bad:unlabelled', 'runonce/more:unlabelled'])
})

void t.test('installs packages while the runner is being built', async (t) => {
  const { engine, imagesDir, out } = await start(t)
  const parts: string[] = []
  let finishRunner = () => {}
  engine.on('POST /build', (call, response) => {
    const done = () => response.end(call.query.get('t') === null ? '{"aux":{"ID":"sha256:stage"}}\n' : '{"error":"no"}\n')
    parts.push(call.query.get('t') ?? `${call.query.get('dockerfile')} ${call.query.get('target') ?? 'all'}`)
    if (call.query.get('target') === 'runner') finishRunner = done
    else done()
    if (parts.at(-1) === 'Dockerfile.packages all') finishRunner()
  })
  await buildImages({ socketPath: engine.socketPath, names: ['bad'], imagesDir, out })
  t.same(parts.toSorted(), ['Dockerfile.packages all', 'Dockerfile.packages shared', 'Dockerfile.packages shared', 'Dockerfile.runner runner', 'runonce/bad:unlabelled'])
  t.equal(parts.at(-1), 'runonce/bad:unlabelled', 'the complete image is last')
})

void t.test('builds in the given order, and reports each image as soon as it is ready', async (t) => {
  const { engine, imagesDir, out } = await start(t)
  const seen: string[] = []
  const results = await buildImages({
    socketPath: engine.socketPath,
    imagesDir,
    out,
    order: (names) => names.toReversed(),
    onResult: (result, print) => { seen.push(result.name); print(`${result.name} has arrived\n`) }
  })
  t.same([results.map(({ name }) => name), seen], [['good', 'bad'], ['good', 'bad']])
})

void t.test('a signal cancels the builds', async (t) => {
  const { engine, imagesDir, out, said } = await start(t)
  const abort = new AbortController()
  const closed = new Promise<void>((resolve) => engine.on('POST /build', (call, response) => {
    if (call.query.get('t') === null) return response.end('{"aux":{"ID":"sha256:stage"}}\n')
    response.on('close', resolve)
    response.write('{"stream":"Step 1/9 : RUN packages"}\n')
    abort.abort()
  }))
  await t.rejects(buildImages({ socketPath: engine.socketPath, imagesDir, out, names: ['bad', 'good'], signal: abort.signal }), { name: 'AbortError' })
  await closed
  t.notMatch(said(), /FAILED/, 'a cancelled build has not failed')
})

void t.test('glotTags also tags each image with the name of glot\'s image', async (t) => {
  const { engine, imagesDir, out } = await start(t)
  await buildImages({ socketPath: engine.socketPath, names: ['good'], glotTags: true, imagesDir, out })
  const [call] = engine.made('POST', '/images/runonce/good:latest/tag')
  t.same([call?.query.get('repo'), call?.query.get('tag')], ['glot/better', 'latest'])
})

void t.test('two processes do not build an image at the same time', async (t) => {
  const { engine, imagesDir, out, said } = await start(t)
  let building = 0
  let most = 0
  let goOn = () => {}
  const waits = new Promise<void>((resolve) => { goOn = resolve })
  engine.on('POST /build', async (call, response) => {
    most = Math.max(most, ++building)
    if (call.query.get('t') === 'runonce/bad:unlabelled') await waits
    building--
    response.end(call.query.get('t') === null ? '{"aux":{"ID":"sha256:stage"}}\n' : '{"error":"no"}\n')
  })
  const second = { write: (text: string) => { out.write(text); if (text.includes('another process is building it')) goOn() } }
  await Promise.all([out, second].map(async (each, index) => {
    if (index === 1) while (engine.made('POST', '/build').length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    return await buildImages({ socketPath: engine.socketPath, names: ['bad'], imagesDir, out: each })
  }))
  t.equal(most, 1)
  t.match(said(), /bad +0 s {2}waiting: another process is building it\n/)
})

void t.test('a build uses the proxies of this process', async (t) => {
  const { engine, imagesDir, out } = await start(t)
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY, ...rest } = process.env
  t.intercept(process, 'env', { value: { ...rest, https_proxy: 'http://127.0.0.1:3128', NO_PROXY: 'a,.b', HTTP_PROXY: '' } })
  await buildImages({ socketPath: engine.socketPath, names: ['bad'], imagesDir, out })
  const builds = engine.made('POST', '/build').map(({ query }) => JSON.parse(query.get('buildargs') ?? '{}'))
  t.ok(builds.length > 2)
  for (const build of builds) {
    t.match(build, { https_proxy: 'http://127.0.0.1:3128', NO_PROXY: 'a,.b', BASE: 'debian:trixie-slim' })
    t.notOk('HTTP_PROXY' in build)
  }
})

void t.test('processors and memory limit the number of concurrent builds', async (t) => {
  t.equal(concurrentBuilds(2, 24 * 2 ** 30), 2)
  t.equal(concurrentBuilds(16, 8 * 2 ** 30), 4)
  t.equal(concurrentBuilds(2, 1 * 2 ** 30), 1)
})
