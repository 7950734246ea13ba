import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import t from 'tap'

import { processStart } from '../../../../tools/lib/process-table.js'

const BUILD = fileURLToPath(new URL('../../../../tools/images/', import.meta.url))

async function until (condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error('timeout')
    await sleep(10)
  }
}

void t.test('an interrupted fetch ends the client process and removes the folder', async (t) => {
  const dir = t.testdir({
    bin: { npm: t.fixture('symlink', '/bin/sh') },
    cache: {},
    'fetch.mjs': `
      import { cached, runClient } from '${BUILD}package-cache.js'
      process.on('SIGTERM', () => process.exit(143))
      await cached({ title: 't', file: 'f', checksum: 'c' }, () => 'c', (into) => runClient('npm', ['-c', 'echo $$ > ' + into + '/pid; exec sleep 60'], 't', into))`
  })
  const artifacts = path.join(dir, 'cache/runonce/artifacts')
  const { TAP, NODE_OPTIONS, PATH, ...rest } = process.env
  const env = { ...rest, PATH: `${dir}/bin:${PATH}` }
  const child = spawn(process.execPath, [path.join(dir, 'fetch.mjs')], { env: { ...env, XDG_CACHE_HOME: path.join(dir, 'cache') }, stdio: 'inherit' })
  t.teardown(() => child.kill('SIGKILL'))
  let client = 0
  await until(async () => {
    const [folder] = existsSync(artifacts) ? await readdir(artifacts) : []
    client = folder === undefined ? 0 : Number(await readFile(path.join(artifacts, folder, 'pid'), 'utf8').catch(() => 0))
    return client > 0
  })
  t.not(await processStart(client), undefined)
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  t.same(await exited, [143, null])
  await until(async () => await processStart(client) === undefined)
  t.same(await readdir(artifacts), [])
})
