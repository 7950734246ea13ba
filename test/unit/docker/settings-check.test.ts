import t from 'tap'

import { readConfig } from '../../../service/config/config.js'
import { EventStream } from '../../../service/docker/event-stream.js'
import { SettingsCheck, missingImageWarnings, settingsWarnings, type EngineInfo } from '../../../service/docker/settings-check.js'
import { eventStream, FakeEngine, json } from '../fake-engine.js'
import { until } from '../fakes.js'

const INFO: EngineInfo = { NCPU: 4, MemTotal: 8e9, Runtimes: { runc: {}, crun: {} }, MemoryLimit: true, SwapLimit: true, PidsLimit: true, CpuCfsQuota: true }
const containerOf = (env: Record<string, string> = {}) => readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple', ...env }).container

t.test('settings that an engine accepts do not cause warnings', async (t) => {
  for (const env of [
    {}, { DOCKER_CONTAINER_CPUS: '4' }, { DOCKER_CONTAINER_RUNTIME: 'crun' }, { DOCKER_CONTAINER_RUNTIME: 'io.containerd.runsc.v1' },
    { DOCKER_CONTAINER_CAP_ADD: 'SYS_PTRACE,CAP_CHOWN,net_raw' }, { DOCKER_CONTAINER_CAP_DROP: 'MKNOD' },
    { DOCKER_CONTAINER_TMP_DIR_OPTIONS: 'rw,noexec,size=50%,mode=0700,uid=7,gid=8,nr_inodes=4k' }, { DOCKER_CONTAINER_TMP_DIR_PATH: '', DOCKER_CONTAINER_TMP_DIR_OPTIONS: 'bogus' }
  ]) t.same(settingsWarnings(INFO, containerOf(env)), [], JSON.stringify(env))
  t.same(settingsWarnings({ ...INFO, CpuCfsQuota: false }, containerOf({ DOCKER_CONTAINER_CPUS: '0' })), [], 'no CPU limit')
  t.same(settingsWarnings({}, containerOf({ DOCKER_CONTAINER_RUNTIME: 'x', DOCKER_CONTAINER_CPUS: '99' })), [], 'values that the engine does not report are not checked')
})

t.test('each setting that the engine rejects or cannot enforce causes a warning that begins with the variable', async (t) => {
  const cases: Array<[Record<string, string>, EngineInfo, RegExp]> = [
    [{ DOCKER_CONTAINER_CPUS: '4.5' }, {}, /^DOCKER_CONTAINER_CPUS: 4\.5 is more than the engine's 4 CPUs/],
    [{ DOCKER_CONTAINER_MEMORY: '9000000000' }, {}, /^DOCKER_CONTAINER_MEMORY: 9000000000 is more than the 8000000000 bytes/],
    [{ DOCKER_CONTAINER_RUNTIME: 'runsc' }, {}, /^DOCKER_CONTAINER_RUNTIME: unknown runtime runsc; the engine has crun, runc/],
    [{ DOCKER_CONTAINER_CAP_ADD: 'SYS_PTRACE NOPE' }, {}, /^DOCKER_CONTAINER_CAP_ADD: unknown capability NOPE:/],
    [{ DOCKER_CONTAINER_CAP_DROP: 'NOPE' }, {}, /^DOCKER_CONTAINER_CAP_DROP: unknown capability NOPE:/],
    [{ DOCKER_CONTAINER_TMP_DIR_OPTIONS: 'rw,bogus=1' }, {}, /^DOCKER_CONTAINER_TMP_DIR_OPTIONS: unknown tmpfs option bogus=1:/],
    [{ DOCKER_CONTAINER_WORK_DIR_OPTIONS: 'rw,size=x' }, {}, /^DOCKER_CONTAINER_WORK_DIR_OPTIONS: unknown tmpfs option size=x:/],
    [{}, { MemoryLimit: false }, /^DOCKER_CONTAINER_MEMORY: .* memory limits/],
    [{}, { SwapLimit: false }, /^DOCKER_CONTAINER_MEMORY: .* swap/],
    [{}, { PidsLimit: false }, /^DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: /],
    [{}, { CpuCfsQuota: false }, /^DOCKER_CONTAINER_CPUS: .* refuse every run; set it to 0/]
  ]
  for (const [env, info, message] of cases) t.match(settingsWarnings({ ...INFO, ...info }, containerOf(env)), [message])
})

const namedIn = (env: Record<string, string>) => readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple', ...env }).namedImages

t.test('a name or pattern in the settings without a matching image causes a warning', async (t) => {
  for (const registry of ['', 'localhost/']) {
    const images = [
      { RepoTags: [`${registry}runonce/c:latest`, `${registry}runonce/c:1`], RepoDigests: [`${registry}runonce/c@sha256:abc`] },
      { RepoTags: [`${registry}team/x:2`], RepoDigests: [] }, { RepoTags: ['<none>:<none>'] }, {}
    ] as Parameters<typeof missingImageWarnings>[0]
    t.same(missingImageWarnings(images, namedIn({
      DOCKER_IMAGE_ALLOW: 'runonce/* localhost/runonce/* team/x runonce/c:1', POOL_IMAGES: 'runonce/c runonce/c:latest team/x:2 runonce/c@sha256:abc localhost/runonce/c'
    })), [], registry)
    t.same(missingImageWarnings(images, namedIn({ DOCKER_IMAGE_ALLOW: 'runonce/* glot/* team/x:latest', POOL_IMAGES: 'runonce/c runonce/python team/x runonce/*' })), [
      'DOCKER_IMAGE_ALLOW: the engine has no image that matches glot/*',
      'DOCKER_IMAGE_ALLOW: the engine has no image that matches team/x:latest',
      'POOL_IMAGES: the engine has no image runonce/python, so no containers are kept ready for it',
      'POOL_IMAGES: the engine has no image team/x, so no containers are kept ready for it',
      'POOL_IMAGES: the engine has no image runonce/*, so no containers are kept ready for it'
    ], registry)
  }
  t.same(namedIn({}), [], 'the defaults are not checked')
  t.same(namedIn({ POOL_IMAGES: 'auto' }), [])
})

t.test('missing images cause a warning as soon as the engine responds', async (t) => {
  const engine = await FakeEngine.start(t)
  const warnings: string[] = []
  const check = new SettingsCheck({ engine: engine.client(t), container: containerOf(), namedImages: namedIn({ POOL_IMAGES: 'runonce/c' }), warn: (message) => { warnings.push(message) } })
  await check.check()
  t.same(warnings, [])
  engine.on('GET /info', json(200, INFO)).on('GET /images/json', json(200, []))
  await check.check()
  await check.check()
  t.match(warnings, [/^POOL_IMAGES: the engine has no image runonce\/c/])
  t.equal(warnings.length, 1)
})

t.test('each warning is logged once, as soon as the engine responds, and again after another engine responds', async (t) => {
  const engine = await FakeEngine.start(t)
  const client = engine.client(t)
  const warnings: string[] = []
  const events = new EventStream(client)
  t.teardown(() => events.close())
  const check = new SettingsCheck({ engine: client, container: containerOf({ DOCKER_CONTAINER_CPUS: '3' }), namedImages: [], warn: (message) => { warnings.push(message) } })
  check.follow(events)
  await check.check()
  t.same(warnings, [], 'an engine that does not respond causes no warning')
  engine.on('GET /info', json(200, { ...INFO, NCPU: 2 })).on('GET /events', eventStream())
  await events.start()
  await until(() => warnings.length === 1)
  await check.check()
  t.equal(warnings.length, 1)
  engine.on('GET /info', json(200, { ...INFO, NCPU: 1 }))
  await check.check()
  t.match(warnings, [/engine's 2 CPUs/, /engine's 1 CPUs/])
})
