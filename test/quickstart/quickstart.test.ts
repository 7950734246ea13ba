import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

import t from 'tap'

import { ensureEngine } from '../../tools/engine/engine.js'
import { cacheDir } from '../../tools/lib/cache.js'
import { dockerClient } from '../../tools/lib/docker-client.js'
import { QuickstartProcess, processesOf } from './quickstart-process.js'

/** The data of an engine must be on a disk: overlay2 does not work on every tmpfs. */
const cache = await mkdtemp('/var/tmp/runonce-quickstart-')
t.teardown(async () => {
  // dockerd leaves some mounts when it exits: proc_pid_mounts(5).
  const targets = (await readFile('/proc/self/mounts', 'utf8')).split('\n').flatMap((line) => line.split(' ')[1] ?? [])
  for (const target of targets.filter((each) => each.startsWith(`${cache}/`)).reverse()) await promisify(execFile)('umount', [target])
  await rm(cache, { recursive: true, force: true })
})

/** Starts the engine again, and returns its containers. */
async function containers () {
  t.intercept(process, 'env', { value: { ...process.env, XDG_CACHE_HOME: cache, DOCKER_HOST: '' } })
  const engine = await ensureEngine({ cache: cacheDir(), say: () => {} })
  try {
    return (await dockerClient(engine.socketPath).listContainers({ all: true })).map(({ Command, Status }) => `${Status}: ${Command}`)
  } finally {
    await engine.stop()
  }
}

void t.test('Ctrl-C while the base image is built ends everything and leaves no files', async (t) => {
  const quickstart = new QuickstartProcess(cache, ['bash'])
  t.teardown(async () => await quickstart.interrupt())
  await quickstart.says(/== 1 of 1 images to build: about \d+ minutes?, without downloads, .*; uses \d\.\d GB in /)
  await quickstart.says(/building debian:trixie-slim with mmdebstrap/)
  const exitCode = await quickstart.interrupt()
  t.equal(exitCode, 130, quickstart.output)
  t.same(await processesOf(cache), [])
  t.same(await readdir(path.join(cache, 'tmp')), [])
})

void t.test('the service runs programs while other images are built', async (t) => {
  const quickstart = new QuickstartProcess(cache, ['c', 'bash'])
  t.teardown(async () => await quickstart.interrupt())
  const [, url, token] = await quickstart.says(/The service is ready after \d+ s[^]*?curl -s (http:\S+)\/run -H 'X-Access-Token: (\S+)'/)
  const run = async (image: string, name: string, content: string) => {
    const body = JSON.stringify({ image, payload: { files: [{ name, content }] } })
    const response = await fetch(`${url}/run`, { method: 'POST', headers: { 'X-Access-Token': token ?? '', 'Content-Type': 'application/json' }, body })
    return await response.json()
  }
  t.match(await run('runonce/bash:latest', 'main.sh', 'echo $((6 * 7))'), { stdout: '42\n' })
  t.match(await (await fetch(`${url}/api/languages?details=1`)).json(), { languages: [{ name: 'bash' }] })
  t.notMatch(quickstart.output, /\n {2}c /, 'the other image is not ready')
  await quickstart.says(/\n {2}c +[\d.]+ +\d+ ms {2}Hello World!\n/)
  await quickstart.says(/\nWorking languages: 2\./)
  t.match(await run('runonce/c:latest', 'main.c', '#include <stdio.h>\nint main(void) { puts("hi"); }\n'), { stdout: 'hi\n' })
  t.equal(await quickstart.interrupt(), 0, quickstart.output)
  t.same(await processesOf(cache), [])
})

void t.test('Ctrl-C during a build leaves no container, and the next start builds the image', async (t) => {
  const interrupted = new QuickstartProcess(cache, ['bash', 'perl'])
  t.teardown(async () => await interrupted.interrupt())
  await interrupted.says(/perl .* : RUN set -ef; packages exclude \$EXCLUDE; packages install/)
  t.equal(await interrupted.interrupt(), 130, interrupted.output)
  t.same(await processesOf(cache), [])
  t.same(await containers(), [])
  const next = new QuickstartProcess(cache, ['bash', 'perl'])
  t.teardown(async () => await next.interrupt())
  await next.says(/== 1 of 2 images to build/)
  await next.says(/\nWorking languages: 2\./)
  t.equal(await next.interrupt(), 0, next.output)
})
