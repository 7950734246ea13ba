import t from 'tap'

import { readConfig } from '../../../service/config/config.js'
import { verdictOf, type Check } from '../../../service/doctor/check.js'
import { reachedCheck, unreachableCheck } from '../../../service/doctor/engine-access.js'
import { examine } from '../../../service/doctor/examine.js'
import { formatJson, formatTable } from '../../../service/doctor/report.js'
import { ENGINE_VERSION_EXAMPLE } from '../../../service/http/routes/version.js'
import { GOOD_DETAILS, simulateEngine, type Simulation } from './simulated-engine.js'

type Test = Parameters<typeof simulateEngine>[0]

const TOKEN = 'correct-horse-battery-staple'
const denied = Object.assign(new Error('connect EACCES'), { code: 'EACCES', syscall: 'connect' })

async function checkOf (t: Test, name: string, simulation: Simulation, env: Record<string, string> = {}): Promise<Check | undefined> {
  const { socketPath } = await simulateEngine(t, simulation)
  const checks = await examine(readConfig({ API_ACCESS_TOKEN: TOKEN, DOCKER_UNIX_SOCKET_PATH: socketPath, ...env }), { others: [] })
  return checks.find((check) => check.name === name)
}

t.test('the advice for a user without permission is to join the group, and in a container to add it', async (t) => {
  t.match(unreachableCheck(denied, '/run/docker.sock', { others: [], inContainer: false }), {
    state: 'failed', detail: 'this user has no permission for /run/docker.sock', advice: /sudo usermod -aG docker/
  })
  t.match(unreachableCheck(denied, '/proc/self/status', { others: [], inContainer: true }), { advice: /docker run --group-add \d+ / })
  t.match(unreachableCheck({ code: 'ENOENT' }, '/run/docker.sock', { others: [], inContainer: true }), { advice: /docker run -v \/var\/run\/docker\.sock:\/run\/docker\.sock/ })
})

t.test('the report names Podman and other engines that respond', async (t) => {
  const podman = { ...ENGINE_VERSION_EXAMPLE, version: '5.4.2', platform: { name: 'linux/amd64/debian-13' }, components: [{ name: 'Podman Engine', version: '5.4.2' }] }
  t.match(reachedCheck(podman, '/run/podman/podman.sock', { others: [] }), { state: 'ok', detail: 'Podman Engine 5.4.2 at /run/podman/podman.sock' })
  t.match(reachedCheck(podman, '/s', { source: 'the context colima', others: [{ name: 'Docker', socketPath: '/var/run/docker.sock' }] }), {
    state: 'info', detail: 'Podman Engine 5.4.2 at /s (the context colima)', advice: /Docker \(\/var\/run\/docker\.sock\)/
  })
})

const WEAKER: Array<[name: string, simulation: Simulation, state: string, advice: RegExp]> = [
  ['API version', { apiVersion: '1.40' }, 'failed', /20\.10/],
  ['storage driver', { details: { ...GOOD_DETAILS, Driver: 'vfs' } }, 'weak', /overlay2/],
  ['seccomp', { details: { ...GOOD_DETAILS, SecurityOptions: ['name=seccomp,profile=unconfined'] } }, 'weak', /seccomp-profile/],
  ['seccomp', { details: { ...GOOD_DETAILS, SecurityOptions: ['name=apparmor'] } }, 'failed', /CONFIG_SECCOMP_FILTER/],
  ['AppArmor, SELinux', { details: { ...GOOD_DETAILS, SecurityOptions: ['name=seccomp,profile=builtin'] } }, 'info', /apparmor/],
  ['cgroups', { details: { ...GOOD_DETAILS, CgroupVersion: '1', CgroupDriver: 'cgroupfs' } }, 'info', /unified_cgroup_hierarchy/],
  ['swap limit', { details: { ...GOOD_DETAILS, SwapLimit: false } }, 'weak', /swapoff/],
  ['clock', { details: { ...GOOD_DETAILS, SystemTime: '2020-01-01T00:00:00Z' } }, 'weak', /timedatectl/],
  ['runtime', { details: { ...GOOD_DETAILS, Runtimes: { runc: { path: 'runc' }, crun: { path: 'crun' } } } }, 'info', /DOCKER_CONTAINER_RUNTIME=auto/],
  ['run', { results: { hello: { outcome: 'failed', stderr: 'broken' } } }, 'failed', /rebuild/],
  ['process limit', { results: { 'sleep 5 &': { stdout: 'all\n' } } }, 'failed', /pids/],
  ['time limit', { results: { 'sleep 20': { outcome: 'completed' } } }, 'failed', /log/],
  ['time limit', { results: { 'sleep 20': { outcome: 'timeout', duration: 9e9 } } }, 'weak', /SERVER_WORKER_THREADS/],
  ['output limit', { results: { yes: { outcome: 'completed' } } }, 'failed', /log/],
  ['read-only root', { results: { '/home/glot': {} } }, 'failed', /log/],
  ['no network', { results: { '/proc/net/dev': { stdout: 'lo\neth0\n' } } }, 'failed', /log/],
  ['size of /tmp', { results: { '/tmp/doctor': { stdout: '67108865\n' } } }, 'failed', /log/],
  ['guard', { results: { 'kill -0 1': {} } }, 'failed', /npm run images/],
  ['guard', { results: { 'kill -0 1': { outcome: 'failed', exitCode: 126, stderr: 'seccomp: Invalid argument' } } }, 'failed', /CONFIG_SECCOMP_FILTER/],
  ['nothing left behind', { keepsContainers: true }, 'failed', /docker rm -f c0ffee/]
]
for (const [name, simulation, state, advice] of WEAKER) {
  t.test(`${name} is ${state} with ${JSON.stringify(simulation.results ?? simulation.details?.SecurityOptions ?? '')}`, async (t) => {
    t.match(await checkOf(t, name, simulation), { state, advice })
  })
}

t.test('with the runtime auto, crun is used if the hello program completes with it', async (t) => {
  const details = { ...GOOD_DETAILS, Runtimes: { runc: { path: 'runc' }, crun: { path: 'crun' } } }
  t.match(await checkOf(t, 'runtime', { details }, { DOCKER_CONTAINER_RUNTIME: 'auto' }), { state: 'ok', detail: /^crun/ })
  t.match(await checkOf(t, 'runtime', { details, results: { hello: { outcome: 'failed' } } }, { DOCKER_CONTAINER_RUNTIME: 'auto' }), { state: 'info', detail: /no program completes with crun/ })
})

t.test('settings that weaken a run or that the engine rejects are reported', async (t) => {
  t.match(await checkOf(t, 'settings', {}, { DOCKER_CONTAINER_RUNTIME: 'kata' }), { state: 'failed', detail: /unknown runtime kata/, advice: /DOCKER_CONTAINER_RUNTIME/ })
  t.match(await checkOf(t, 'settings', {}, { DOCKER_CONTAINER_MEMORY: '9000000000', DOCKER_CONTAINER_MEMORY_CAP: '9000000000' }), { state: 'weak', advice: /DOCKER_CONTAINER_MEMORY/ })
  t.match(await checkOf(t, 'settings', {}, { DOCKER_HOST: 'tcp://192.0.2.1:2375' }), { state: 'weak', detail: /^DOCKER_HOST: has no effect/ })
  t.match(await checkOf(t, 'ready container', {}, { POOL_MAX: '0' }), { state: 'info', detail: /POOL_MAX=0/ })
  t.match(await checkOf(t, 'read-only root', { results: { '/home/glot': {} } }, { DOCKER_CONTAINER_READONLY_ROOTFS: 'false' }), { state: 'weak' })
  t.match(await checkOf(t, 'no network', { results: { '/proc/net/dev': { stdout: 'lo\neth0\n' } } }, { DOCKER_CONTAINER_NETWORK_DISABLED: 'false' }), { state: 'weak' })
  t.match(await checkOf(t, 'size of /tmp', {}, { DOCKER_CONTAINER_TMP_DIR_OPTIONS: 'rw' }), { state: 'info', detail: /memory/ })
})

t.test('the table has one line for each check and one for each advice; JSON contains the same checks', async (t) => {
  const checks: Check[] = [
    { name: 'engine', state: 'ok', detail: 'Docker' }, { name: 'disk', state: 'failed', detail: 'full\nnow', advice: 'prune' }, { name: 'swap', state: 'weak', detail: 'swap', advice: 'off' }, { name: 'run', state: 'skipped', detail: 'runs fail' }
  ]
  t.equal(formatTable(checks, { color: false, seconds: 1.23 }), [
    'ok    engine  Docker', 'FAIL  disk    full now', '              → prune', 'weak  swap    swap', '              → off', '-     run     runs fail', '',
    'runonce does not work here: 1 ok, 1 weak, 1 failed, 1 skipped in 1.2 s.', ''
  ].join('\n'))
  t.match(formatTable(checks, { color: true, seconds: 1 }), '\u001b[31mFAIL')
  t.same(JSON.parse(formatJson(checks, 1.23)), { verdict: 'failed', seconds: 1.2, checks })
  t.equal(verdictOf(checks.slice(0, 1)), 'ok')
  t.equal(verdictOf(checks.slice(2)), 'weak')
})
