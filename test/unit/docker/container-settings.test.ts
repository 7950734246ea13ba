import t from 'tap'

import { readConfig } from '../../../service/config/config.js'
import { containerSettings, ONE_RUN, type Purpose } from '../../../service/docker/container-settings.js'
import type { ContainerLimits, ImageDescription } from '../../../service/runs/ports.js'
import { serviceError, foreignImage, languageImage } from '../fakes.js'

const PYTHON = languageImage('python')

function settings (env: Record<string, string> = {}, image: ImageDescription = PYTHON, purpose: Purpose = ONE_RUN) {
  const { container, run } = readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple', ...env })
  return containerSettings({ image, container, run, identity: { owner: 'me', boot: 'this' }, purpose })
}

t.test('the complete create request for the default settings', async (t) => {
  const { Labels: { 'runonce.expires': expires, ...labels } = {}, ...body } = settings()
  t.same(labels, { 'runonce.lifetime': '40000', 'runonce.owner': 'me', 'runonce.boot': 'this' })
  const expiresInMs = Date.parse(expires ?? '') - Date.now()
  t.ok(expiresInMs > 39_000 && expiresInMs <= 40_000, `the time limit and 30 s: ${expiresInMs} ms`)
  t.same(body, {
    Image: 'sha256:python',
    Hostname: 'runonce',
    User: 'glot',
    Env: ['RUNONCE_TIME_LIMIT_MS=10000', 'RUNONCE_OUTPUT_LIMIT=1048576', 'RUNONCE_WARM=0', 'RUNONCE_WORK_DIR=/work'],
    Tty: false,
    NetworkDisabled: true,
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true },
    HostConfig: {
      NetworkMode: 'none',
      AutoRemove: true,
      Memory: 268_435_456,
      MemorySwap: 268_435_456,
      PidsLimit: 128,
      NanoCpus: 1e9,
      CpuShares: 256,
      Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 1024 }, { Name: 'core', Soft: 1, Hard: 1 }],
      CapDrop: ['ALL'],
      CapAdd: [],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,size=65536k,mode=1777', '/work': 'rw,exec,nosuid,size=131072k,mode=1777' },
      ShmSize: 16 * 1024 * 1024,
      IpcMode: 'private',
      LogConfig: { Type: 'none', Config: {} }
    }
  })
})

t.test('an image of protocol version 2 gets the largest limits of any run', async (t) => {
  const image = languageImage('python', { protocol: 2 })
  const { Env, Labels } = settings({ RUN_MAX_BUILD_TIME: '5' }, image)
  t.same(Env, [
    'RUNONCE_TIME_LIMIT_MS=300000', 'RUNONCE_OUTPUT_LIMIT=1048576', 'RUNONCE_BUILD_LIMIT_MS=5000', 'RUNONCE_CASES=100', 'RUNONCE_OUTPUT_FILES=32',
    'RUNONCE_OUTPUT_FILES_SIZE=8388608', 'RUNONCE_WARM=0', 'RUNONCE_WORK_DIR=/work'
  ])
  t.equal(Labels?.['runonce.lifetime'], '330000')
  t.equal(settings({ RUN_MAX_CASES_TIME: '500' }, image).Env?.[0], 'RUNONCE_TIME_LIMIT_MS=500000')
  t.equal(settings({ RUN_MAX_EXECUTION_TIME: '900' }, image).Env?.[0], 'RUNONCE_TIME_LIMIT_MS=900000')
})

t.test('the request has no CPU limit if none is configured', async (t) => {
  t.notHas(settings({ DOCKER_CONTAINER_CPUS: '0' }).HostConfig, { NanoCpus: Number })
  t.equal(settings({ DOCKER_CONTAINER_CPUS: '0.5' }).HostConfig?.NanoCpus, 5e8)
})

t.test('all changes of the request with unusual settings', async (t) => {
  const body = settings({
    DOCKER_CONTAINER_HOSTNAME: 'glot',
    DOCKER_CONTAINER_USER: '1000:1000',
    DOCKER_CONTAINER_MEMORY: '500000000',
    DOCKER_CONTAINER_NETWORK_DISABLED: 'false',
    DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT: '90',
    DOCKER_CONTAINER_ULIMIT_NOFILE_HARD: '100',
    DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: '90',
    DOCKER_CONTAINER_ULIMIT_NPROC_HARD: '100',
    DOCKER_CONTAINER_CAP_DROP: 'MKNOD NET_RAW',
    DOCKER_CONTAINER_CAP_ADD: 'SYS_PTRACE',
    DOCKER_CONTAINER_READONLY_ROOTFS: 'false',
    DOCKER_CONTAINER_TMP_DIR_PATH: '',
    DOCKER_CONTAINER_WORK_DIR_PATH: '/home/glot',
    DOCKER_CONTAINER_WORK_DIR_OPTIONS: 'rw,exec,nosuid,size=131072k,uid=1000',
    DOCKER_CONTAINER_CPUS: '0.5',
    DOCKER_CONTAINER_CPU_SHARES: '512',
    DEBUG_KEEP_CONTAINER: 'true',
    RUN_MAX_EXECUTION_TIME: '2.5',
    RUN_MAX_BUILD_TIME: '1.5',
    RUN_MAX_OUTPUT_SIZE: '1000'
  })
  t.match(body, {
    Hostname: 'glot',
    User: '1000:1000',
    Labels: { 'runonce.kept': 'true' },
    Env: ['RUNONCE_TIME_LIMIT_MS=2500', 'RUNONCE_OUTPUT_LIMIT=1000', 'RUNONCE_BUILD_LIMIT_MS=1500', 'RUNONCE_WARM=0', 'RUNONCE_WORK_DIR=/home/glot'],
    NetworkDisabled: false
  })
  t.same(Object.keys(body.Labels ?? {}), ['runonce.kept'], 'the sweep ignores a container that is kept')
  t.notOk('NetworkMode' in (body.HostConfig ?? {}), 'the default network of the engine')
  t.match(body.HostConfig, {
    AutoRemove: false,
    Memory: 500_000_000,
    MemorySwap: 500_000_000,
    PidsLimit: 90,
    NanoCpus: 5e8,
    CpuShares: 512,
    Ulimits: [{ Name: 'nofile', Soft: 90, Hard: 100 }, { Name: 'core', Soft: 1, Hard: 1 }],
    CapDrop: ['MKNOD', 'NET_RAW'],
    CapAdd: ['SYS_PTRACE'],
    ReadonlyRootfs: false
  })
  t.same(body.HostConfig?.Tmpfs, { '/home/glot': 'rw,exec,nosuid,size=131072k,uid=1000' })
})

t.test('the request names a runtime and a group of the shim only if they are selected', async (t) => {
  const { container, run } = readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple' })
  const parts = { image: PYTHON, container, run, identity: { owner: 'me', boot: 'this' }, purpose: ONE_RUN }
  t.match(containerSettings({ ...parts, runtime: 'crun', shimGroup: 'a-1' }).HostConfig, { Runtime: 'crun', Annotations: { 'io.containerd.runc.v2.group': 'a-1' } })
  const without = Object.keys(containerSettings(parts).HostConfig ?? {})
  t.notOk(without.includes('Runtime') || without.includes('Annotations'))
})

t.test('an image whose user is root runs as 65534, other images run as their user', async (t) => {
  for (const user of ['', 'root', '0', '00', 'root:root', '0:0', ':0', '0:1000', 'root:users', '+0', '-0:0']) {
    t.equal(settings({}, { ...PYTHON, user }).User, '65534', JSON.stringify(user))
  }
  for (const user of ['glot', '1000', '1000:0', 'rooty', 'nobody:root', '10', '05']) t.equal(settings({}, { ...PYTHON, user }).User, user)
})

t.test('a foreign image does not get the environment of runonce', async (t) => {
  t.same(settings({}, foreignImage()).Env, [])
})

t.test('a pooled container is warm, reports when it is ready, and may have to wait', async (t) => {
  const body = settings({}, PYTHON, { idleMs: 3_600_000, warm: true, announce: true })
  t.same(body.Env, ['RUNONCE_TIME_LIMIT_MS=10000', 'RUNONCE_OUTPUT_LIMIT=1048576', 'RUNONCE_ANNOUNCE=1', 'RUNONCE_WORK_DIR=/work'])
  t.ok(Date.parse(body.Labels?.['runonce.expires'] ?? '') - Date.now() > 3_600_000 + 39_000)
})

t.test('an image gets the resources that its labels request, at least the default and at most the caps', async (t) => {
  const grant = (image: Partial<ImageDescription>, env = {}) => {
    const { Memory, MemorySwap, PidsLimit } = settings(env, { ...PYTHON, ...image }).HostConfig ?? {}
    return [Memory, MemorySwap, PidsLimit]
  }
  t.same(grant({ memoryBytes: 536_870_912, processes: 300 }), [536_870_912, 536_870_912, 300])
  t.same(grant({ memoryBytes: 1, processes: 1 }), [268_435_456, 268_435_456, 128])
  t.same(grant({ memoryBytes: 1_073_741_824, processes: 512 }), [1_073_741_824, 1_073_741_824, 512], 'at the caps')
  t.throws(() => grant({ memoryBytes: 1_073_741_825 }), serviceError({
    statusCode: 400, slug: 'image.needs_more', message: 'Image runonce/python:latest needs 1073741825 bytes of memory, but DOCKER_CONTAINER_MEMORY_CAP allows 1073741824'
  }))
  t.throws(() => grant({ processes: 513 }), serviceError({ slug: 'image.needs_more', message: /513 processes.*DOCKER_CONTAINER_NPROC_CAP allows 512/ }))
  t.throws(() => grant({ memoryBytes: 300_000_000 }, { DOCKER_CONTAINER_MEMORY: '268435456' }), serviceError({ slug: 'image.needs_more' }), 'an explicit default is the cap')
})

t.test('the limits of a run replace those of the image', async (t) => {
  const { container, run } = readConfig({ API_ACCESS_TOKEN: 'correct-horse-battery-staple' })
  const hostConfig = (limits: ContainerLimits) => containerSettings({
    image: languageImage('java', {}, { memoryBytes: 536_870_912, processes: 300 }), container, run, identity: { owner: 'me', boot: 'this' }, purpose: ONE_RUN, limits
  }).HostConfig
  t.match(hostConfig({ memoryBytes: 67_108_864 }), { Memory: 67_108_864, MemorySwap: 67_108_864, PidsLimit: 300 })
  t.match(hostConfig({ memoryBytes: 1_073_741_824, processes: 20 }), { Memory: 1_073_741_824, MemorySwap: 1_073_741_824, PidsLimit: 20 })
})
