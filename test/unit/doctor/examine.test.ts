import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import t, { type Test } from 'tap'

import { readConfig } from '../../../service/config/config.js'
import { verdictOf, type Check } from '../../../service/doctor/check.js'
import type { Found } from '../../../service/doctor/engine-access.js'
import { examine } from '../../../service/doctor/examine.js'
import { GOOD_DETAILS, simulateEngine, type Simulation } from './simulated-engine.js'

const TOKEN = 'correct-horse-battery-staple'
const ALONE: Found = { inContainer: false, others: [] }

async function examineSocket (socketPath: string, { env = {}, found = ALONE }: { env?: Record<string, string>, found?: Found } = {}): Promise<Check[]> {
  return await examine(readConfig({ API_ACCESS_TOKEN: TOKEN, DOCKER_UNIX_SOCKET_PATH: socketPath, ...env }), found)
}

async function examineSimulation (t: Test, simulation: Simulation = {}, env: Record<string, string> = {}): Promise<Check[]> {
  return await examineSocket((await simulateEngine(t, simulation)).socketPath, { env })
}

/** The name, state, detail and advice of a check. */
type Problem = [name: string, state: 'weak' | 'failed', detail: string | RegExp, advice: string | RegExp]

/** Compares the checks whose state is not ok. */
function expectProblems (t: Test, checks: Check[], expected: Problem[]): void {
  const found = checks.filter(({ state }) => state === 'weak' || state === 'failed').map(({ name, state, detail, advice = '' }) => [name, state, detail, advice])
  t.match(found, expected)
  t.equal(found.length, expected.length, 'no other problems')
}

function folder (t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'runonce-doctor-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

t.test('every check of a good set-up is ok', async (t) => {
  const checks = await examineSimulation(t)
  expectProblems(t, checks, [])
  t.equal(verdictOf(checks), 'ok')
  t.same(checks.map(({ name }) => name), [
    'engine', 'API version', 'runtime', 'storage driver', 'cgroups', 'controllers', 'seccomp', 'AppArmor, SELinux', 'user namespaces', 'clock',
    'images', 'image protocol', 'image architecture', 'image age',
    'run', 'disk', 'memory limit', 'process limit', 'time limit', 'output limit', 'read-only root', 'no network', 'size of /tmp', 'size of /work', 'guard',
    'ready container', 'nothing left behind'
  ])
  t.notOk(checks.some(({ state }) => state === 'skipped'))
})

t.test('without an engine, the only line names the socket, the reason and another engine that responds', async (t) => {
  const missing = join(folder(t), 'docker.sock')
  expectProblems(t, await examineSocket(missing), [['engine', 'failed', `there is no socket at ${missing}`, /sudo systemctl start docker/]])
  const found = { ...ALONE, source: 'DOCKER_HOST', others: [{ name: 'rootless Docker', socketPath: '/run/user/1000/docker.sock' }] }
  expectProblems(t, await examineSocket(missing, { found }), [[
    'engine', 'failed', `there is no socket at ${missing} (DOCKER_HOST)`, /^rootless Docker \(\/run\/user\/1000\/docker\.sock\) responds, to use it: DOCKER_UNIX_SOCKET_PATH=\/run\/user\/1000\/docker\.sock/
  ]])
})

t.test('a socket without a listener, a file and a folder in the path are distinguished', async (t) => {
  const dir = folder(t)
  const [file, stale] = [join(dir, 'file'), join(dir, 'stale')]
  writeFileSync(file, '')
  expectProblems(t, await examineSocket(file), [['engine', 'failed', `nothing listens on ${file}`, /set DOCKER_UNIX_SOCKET_PATH/]])
  expectProblems(t, await examineSocket(join(file, 'docker.sock')), [['engine', 'failed', /is not a socket/, /set DOCKER_UNIX_SOCKET_PATH/]])
  const server = net.createServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')).listen(stale)
  t.teardown(() => { server.close() })
  expectProblems(t, await examineSocket(stale), [['engine', 'failed', /no Docker engine responds/, /log/]])
})

t.test('a DOCKER_HOST that is not a Unix socket is unusable', async (t) => {
  const found = { source: 'DOCKER_HOST', unusable: 'tcp://192.0.2.1:2375', others: [] }
  expectProblems(t, await examineSocket('/nonexistent/docker.sock', { found }), [[
    'engine', 'failed', 'DOCKER_HOST is "tcp://192.0.2.1:2375": the service supports only a Unix socket', /^unset DOCKER_HOST, or set DOCKER_UNIX_SOCKET_PATH=/
  ]])
})

t.test('without images, the check of the images fails and no program runs', async (t) => {
  const checks = await examineSimulation(t, { images: {} })
  expectProblems(t, checks, [['images', 'failed', /no language image/, /npm run images -- python/]])
  t.equal(checks.find(({ name }) => name === 'memory limit')?.state, 'skipped')
})

t.test('images of an old protocol are failed if there are no other images, and weak otherwise', async (t) => {
  const old = { labels: { 'runonce.protocol': '1' } }
  expectProblems(t, await examineSimulation(t, { images: { python: old } }), [['image protocol', 'failed', /1 of 1 images .*\(python\): no streaming/, 'rebuild: npm run images -- python']])
  expectProblems(t, await examineSimulation(t, { images: { python: {}, lua: old } }), [['image protocol', 'weak', /1 of 2 images/, 'rebuild: npm run images -- lua']])
})

t.test('images of another architecture, old images and missing images in POOL_IMAGES are reported', async (t) => {
  const checks = await examineSimulation(t, { images: { python: {}, lua: { architecture: 'arm64' }, perl: { ageDays: 45 } } }, { POOL_IMAGES: 'runonce/ruby' })
  expectProblems(t, checks, [
    ['image architecture', 'failed', '1 of 3 images are not for amd64 (lua): their runs fail', /docker rmi runonce\/lua:latest && npm run images -- lua/],
    ['image age', 'weak', /oldest: 45 days/, 'npm run images -- --fresh'],
    ['images', 'weak', /POOL_IMAGES: .*runonce\/ruby/, /npm run images/]
  ])
})

t.test('on an engine without memory limits, the checks of the controller and of the run fail', async (t) => {
  const details = { ...GOOD_DETAILS, MemoryLimit: false, SwapLimit: false, CgroupVersion: '1' }
  expectProblems(t, await examineSimulation(t, { details, results: { 'tail -n 1 > /dev/null': { outcome: 'completed' } } }), [
    ['memory controller', 'failed', /DOCKER_CONTAINER_MEMORY/, /cgroup_enable=memory .* sudo update-grub/],
    ['memory limit', 'failed', /used 128 MiB/, /cgroup/]
  ])
})

t.test('on a rootless engine without delegated controllers, the check fails and advises the delegation', async (t) => {
  const details = { ...GOOD_DETAILS, CgroupDriver: 'none', MemoryLimit: false, PidsLimit: false, CpuCfsQuota: false, SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'] }
  expectProblems(t, await examineSimulation(t, { details }), [
    ['cgroups', 'failed', /does not use cgroups/, /Delegate=/], ['memory controller', 'failed', /memory/, /Delegate=/], ['pids controller', 'failed', /fork bomb/, /Delegate=/],
    ['cpu controller', 'failed', /refuses every run/, /DOCKER_CONTAINER_CPUS=0/]
  ])
})

t.test('with gVisor without cgroups, the checks of the missing limits fail, and the advice names the argument', async (t) => {
  const details = { ...GOOD_DETAILS, Runtimes: { runc: {}, runsc: { path: '/usr/bin/runsc', runtimeArgs: ['--platform=ptrace', '--ignore-cgroups'] } } }
  const results = { 'tail -n 1 > /dev/null': { outcome: 'completed' }, 'sleep 5 &': { outcome: 'completed', stdout: 'all\n' } }
  expectProblems(t, await examineSimulation(t, { details, results }, { DOCKER_CONTAINER_RUNTIME: 'runsc' }), [
    ['memory limit', 'failed', /used 128 MiB/, /remove --ignore-cgroups from runtimeArgs/], ['process limit', 'failed', /started 64/, /remove --ignore-cgroups from runtimeArgs/]
  ])
})

t.test('on a full disk, the check of the disk fails', async (t) => {
  const createError = { status: 500, message: 'mkdir /var/lib/docker/overlay2/x: no space left on device' }
  expectProblems(t, await examineSimulation(t, { createError }), [
    ['run', 'failed', /no space left on device/, /log of the engine/], ['disk', 'failed', 'the disk of the engine is full', 'remove unused data: docker system prune']
  ])
  expectProblems(t, await examineSimulation(t, { results: { 'df -P': { stdout: '/dev/sda1 1000 995 5 99% /\n/dev/sda1 50 1 49 2% /\n' } } }), [['disk', 'failed', /0 %/, /docker system prune/]])
  expectProblems(t, await examineSimulation(t, { results: { 'df -P': { stdout: '/dev/sda1 1000 100 900 10% /\n/dev/sda1 100 95 5 95% /\n' } } }), [['disk', 'weak', /5 % of inodes/, /docker system prune/]])
})
