import { readFile, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import semver from 'semver'
import t from 'tap'

import { aptInstall } from '../../../../tools/lib/apt.js'
import { installDependencies, nodeVersionError } from '../../../../tools/lib/dependencies.js'
import { run } from '../../../../tools/lib/child.js'

const { engines } = readJson('package.json')
/** Versions in Debian 13, except Node: the oldest supported version. */
const OLDEST: Record<string, string> = { node: '20.19.0', npm: '9.2.0' }

function readJson (file: string) {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../../../../${file}`, import.meta.url)), 'utf8'))
}

/** Creates a folder for PATH with the given commands, each a shell script. */
async function withCommands (t: Pick<typeof import('tap').t, 'testdir' | 'intercept'>, scripts: Record<string, string>, files: object = {}) {
  const dir = t.testdir({ bin: {}, ...files } as never)
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(path.join(dir, 'bin', name), `#!/bin/sh\necho "${name} $*" >> ${dir}/calls\n${script}\n`, { mode: 0o755 })
  }
  t.intercept(process, 'env', { value: { ...process.env, PATH: `${dir}/bin:${process.env['PATH']}`, HERE: dir, NODE_ENV: 'production' } })
  const calls = async () => (await readFile(path.join(dir, 'calls'), 'utf8')).trimEnd().split('\n')
  return { dir, calls }
}

void t.test('reports an old Node in two lines', async (t) => {
  for (const version of ['18.20.4', '20.18.3', '20.0.0', '16.1.0']) {
    t.match(nodeVersionError(version), new RegExp(`^Node ${version} is too old: runonce needs 20\\.19 or newer\\.\\n.*$`))
  }
  for (const version of ['20.19.0', '22.0.0', '24.21.0', '100.0.0']) t.equal(nodeVersionError(version), undefined, version)
  t.equal(engines.node, '>=20.19', 'package.json has the same version')
})

void t.test('npm prints no EBADENGINE warning for the oldest supported Node and npm', async (t) => {
  const packages = Object.entries(readJson('package-lock.json').packages as Record<string, { engines?: Record<string, string> }>)
  t.ok(packages.length > 100)
  const unsupported = packages.flatMap(([name, { engines = {} }]) => Object.entries(OLDEST)
    .filter(([program, version]) => engines[program] !== undefined && !semver.satisfies(version, engines[program]))
    .map(([program]) => `${name} requires ${program} ${engines[program]}`))
  t.same(unsupported, [])
})

void t.test('installs development dependencies with any npm settings, once, and again if they are missing', async (t) => {
  const files = { 'package-lock.json': '{}' }
  const { dir, calls } = await withCommands(t, { npm: 'mkdir -p node_modules/typescript node_modules/tap; echo > node_modules/.package-lock.json' }, files)
  const cwd = process.cwd()
  process.chdir(dir)
  t.teardown(() => process.chdir(cwd))
  await Promise.all([installDependencies(), installDependencies()])
  t.same(await calls(), ['npm ci --include=dev --no-audit --no-fund'])
  await run('rm', ['-r', 'node_modules/tap'])
  await installDependencies()
  t.equal((await calls()).length, 2, 'an installation without development dependencies')
})

void t.test('reports a missing or failing npm in two lines', async (t) => {
  const { dir } = await withCommands(t, { npm: 'exit 7' }, { 'package-lock.json': '{}' })
  const cwd = process.cwd()
  process.chdir(dir)
  t.teardown(() => process.chdir(cwd))
  await t.rejects(installDependencies(), { message: /^npm ci failed \(exit code 7\), see the errors above\.\n[^\n]*$/ })
  process.env['PATH'] = dir
  await t.rejects(installDependencies(), { message: /^npm is not installed\.\n[^\n]*$/ })
})

void t.test('installs packages from existing package lists if an update fails', async (t) => {
  const { calls } = await withCommands(t, { 'apt-get': 'case "$*" in *update*) echo "E: no lists" >&2; exit 100;; esac' })
  await aptInstall(['one', 'two'], 1)
  const said = await calls()
  t.equal(said.length, 2)
  t.match(said[1], /-o DPkg::Lock::Timeout=600 .*install -y --no-install-recommends one two$/)
})

void t.test('repairs an interrupted installation and retries', async (t) => {
  const { calls } = await withCommands(t, {
    'apt-get': 'case "$*" in *install*) [ -e $HERE/mended ] || { echo "E: dpkg was interrupted, you must manually run \'dpkg --configure -a\'" >&2; exit 100; };; esac',
    dpkg: 'touch $HERE/mended'
  })
  await aptInstall(['one'], 1)
  t.match((await calls()).map((call) => call.replace(/-o \S+ /g, '')), ['apt-get update', /^apt-get install/, 'dpkg --configure -a', 'apt-get update', /^apt-get install/])
})

void t.test('the error after repeated failures has apt\'s message', async (t) => {
  const { calls } = await withCommands(t, { 'apt-get': 'echo "E: $1 no $*" | cut -c1-40 >&2; exit 100' })
  await t.rejects(aptInstall(['one'], 1), { message: /^apt-get install -y --no-install-recommends one failed:\nE: /m })
  t.equal((await calls()).length, 6)
})

void t.test('reports a missing command as a failure', async (t) => {
  const said: string[] = []
  t.intercept(process.stdout, 'write', { value: (text: string) => said.push(text) })
  const { exitCode } = await run('no-such-command', [])
  t.equal(exitCode, 1)
  t.match(said.join(''), /spawn no-such-command ENOENT/)
})
