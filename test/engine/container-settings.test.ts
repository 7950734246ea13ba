import t from 'tap'

import { buildImage, needImages, startService, submission } from './kit.js'

const MIB = 1024 * 1024

const INSIDE = `
import ctypes, glob, json, multiprocessing, os, resource, socket, stat

def square(n): return n * n

def status(name):
    for line in open('/proc/self/status'):
        if line.startswith(name + ':'): return line.split(':')[1].strip()

def writable():
    found = set()
    for top, folders, files in os.walk('/'):
        folders[:] = [name for name in folders if not (top == '/' and name in ('proc', 'sys'))]
        if os.access(top, os.W_OK):
            found.add(top)
            folders[:] = []
            continue
        for name in files:
            path = os.path.join(top, name)
            if not os.path.islink(path) and os.access(path, os.W_OK): found.add(path)
    return sorted(found)

def size(path):
    at = os.statvfs(path)
    return at.f_blocks * at.f_frsize

def can_exec(path):
    file = os.path.join(path, 'x')
    with open(file, 'w') as f: f.write('#!/bin/sh\\n')
    os.chmod(file, 0o755)
    try: os.spawnv(os.P_WAIT, file, [file]) == 0 or (_ for _ in ()).throw(OSError())
    except OSError: return False
    return True

if __name__ == '__main__':
    with multiprocessing.Pool(2) as pool: squares = pool.map(square, [1, 2, 3])
    print(json.dumps({
        'interfaces': [name for _, name in socket.if_nameindex()],
        'routes': open('/proc/net/route').read().strip().count('\\n'),
        'writable': writable(),
        'shm': size('/dev/shm'), 'tmp': size('/tmp'), 'work': size('/work'),
        'exec': [can_exec('/work'), can_exec('/tmp')],
        'uid': [os.getuid(), os.geteuid(), os.getgid()],
        'groups': os.getgroups(),
        'capabilities': [status('Cap' + kind) for kind in ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb')],
        'noNewPrivileges': status('NoNewPrivs'),
        'seccomp': status('Seccomp'),
        'nofile': resource.getrlimit(resource.RLIMIT_NOFILE),
        'core': resource.getrlimit(resource.RLIMIT_CORE),
        'hostname': socket.gethostname(),
        'multiprocessing': squares
    }))
`

void t.test('a container during a run', async (t) => {
  await needImages('python')
  const service = await startService(t)
  const client = new AbortController()
  const run = service.post('/run', submission('python', 'import time\ntime.sleep(60)'), { signal: client.signal }).catch(() => {})
  const [container] = await service.running(1)
  const { HostConfig: host, Config: config } = container!
  client.abort()
  await run

  await t.test('has no network', async (t) => {
    t.equal(host.NetworkMode, 'none')
    t.strictSame(Object.keys(container!.NetworkSettings.Networks).filter((name) => name !== 'none'), [])
    t.equal((config as { NetworkDisabled?: boolean }).NetworkDisabled, true)
    t.notOk(host.PublishAllPorts)
  })

  await t.test('has a read-only root and two bounded tmpfs', async (t) => {
    t.equal(host.ReadonlyRootfs, true)
    t.strictSame(host.Tmpfs, {
      '/tmp': 'rw,noexec,nosuid,size=65536k,mode=1777',
      '/work': 'rw,exec,nosuid,size=131072k,mode=1777'
    })
    t.notOk(host.Binds)
    t.strictSame(container!.Mounts, [])
    t.equal(host.ShmSize, 16 * MIB)
    t.equal(host.IpcMode, 'private')
  })

  await t.test('has no capabilities and cannot gain any', async (t) => {
    t.strictSame(host.CapDrop, ['ALL'])
    t.notOk(host.CapAdd?.length)
    t.match(host.SecurityOpt?.join(), 'no-new-privileges')
    t.notMatch(host.SecurityOpt?.join(), 'unconfined')
    t.equal(host.Privileged, false)
    t.notOk(host.Devices?.length)
    t.notMatch(host.PidMode, 'host')
    t.notMatch(host.UsernsMode, 'host')
  })

  await t.test('has limits for memory (without swap), processes, files and CPU', async (t) => {
    t.equal(host.Memory, 256 * MIB)
    t.equal(host.MemorySwap, 256 * MIB)
    t.equal(host.PidsLimit, 128)
    t.equal(host.NanoCpus, 1e9)
    t.equal(host.CpuShares, 256)
    t.strictSame(host.Ulimits, [{ Name: 'nofile', Hard: 1024, Soft: 1024 }, { Name: 'core', Hard: 1, Soft: 1 }])
    t.notOk(host.OomKillDisable)
  })

  await t.test('does not run as root', async (t) => {
    t.not(config.User, '')
    t.notMatch(config.User, /^(root|0)(:|$)/)
  })

  await t.test('has no log, and is removed even if the service stops', async (t) => {
    t.equal(host.LogConfig?.Type, 'none')
    t.equal(host.AutoRemove, true)
    t.equal(config.OpenStdin, true)
    t.equal(config.StdinOnce, true)
    t.equal(config.Tty, false)
    t.equal(host.RestartPolicy?.Name || 'no', 'no')
    t.ok(Date.parse(config.Labels['runonce.expires'] ?? '') > Date.now(), 'has a label with its expiry time')
  })
})

void t.test('the same settings, observed inside the container', async (t) => {
  const service = await startService(t)
  const result = await service.run('python', INSIDE)
  t.equal(result.error, '', result.stderr)
  const inside = JSON.parse(result.stdout)
  t.strictSame(inside.interfaces, ['lo'])
  t.equal(inside.routes, 0)
  t.strictSame(inside.writable.filter((path: string) => !/^\/dev\/(null|zero|full|random|urandom|tty|ptmx|pts\/.*|std.*|fd)$/.test(path)).sort(), ['/dev/mqueue', '/dev/shm', '/tmp', '/work'])
  t.equal(inside.shm, 16 * MIB)
  t.equal(inside.tmp, 64 * MIB)
  t.equal(inside.work, 128 * MIB)
  t.strictSame(inside.exec, [true, false], '/work allows execution, /tmp does not')
  t.ok(inside.uid.every((id: number) => id > 0), `uid, euid, gid ${inside.uid}`)
  t.ok(inside.groups.every((id: number) => id > 0), `groups ${inside.groups}`)
  t.strictSame(inside.capabilities, Array(5).fill('0000000000000000'))
  t.equal(inside.noNewPrivileges, '1')
  t.equal(inside.seccomp, '2')
  t.strictSame(inside.nofile, [1024, 1024])
  t.strictSame(inside.core, [1, 1], '1 byte disables the core dump handler of the host')
  t.equal(inside.hostname, service.hostname)
  t.strictSame(inside.multiprocessing, [1, 4, 9])
})

void t.test('settings in the environment apply to the container', async (t) => {
  const service = await startService(t, {
    env: {
      DOCKER_CONTAINER_USER: '12345:12345',
      DOCKER_CONTAINER_MEMORY: '134217728',
      DOCKER_CONTAINER_CPUS: '0.5',
      DOCKER_CONTAINER_CPU_SHARES: '100',
      DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT: '64',
      DOCKER_CONTAINER_ULIMIT_NOFILE_HARD: '128',
      DOCKER_CONTAINER_ULIMIT_NPROC_SOFT: '40',
      DOCKER_CONTAINER_CAP_DROP: 'MKNOD NET_RAW',
      DOCKER_CONTAINER_CAP_ADD: 'SYS_NICE',
      DOCKER_CONTAINER_READONLY_ROOTFS: 'false',
      DOCKER_CONTAINER_TMP_DIR_OPTIONS: 'rw,size=1m,mode=1777',
      DOCKER_CONTAINER_WORK_DIR_PATH: '/scratch',
      DOCKER_CONTAINER_WORK_DIR_OPTIONS: 'rw,exec,size=2m',
      DOCKER_CONTAINER_RUNTIME: 'runc'
    }
  })
  const client = new AbortController()
  const run = service.post('/run', submission('python', 'import time\ntime.sleep(60)'), { signal: client.signal }).catch(() => {})
  const [container] = await service.running(1)
  client.abort()
  await run
  t.equal(container!.Config.User, '12345:12345')
  t.match(container!.HostConfig, {
    Memory: 134217728,
    MemorySwap: 134217728,
    NanoCpus: 5e8,
    CpuShares: 100,
    PidsLimit: 40,
    CapDrop: ['MKNOD', 'NET_RAW'],
    CapAdd: ['SYS_NICE'],
    ReadonlyRootfs: false,
    Ulimits: [{ Name: 'nofile', Soft: 64, Hard: 128 }, { Name: 'core', Soft: 1, Hard: 1 }],
    Tmpfs: { '/tmp': 'rw,size=1m,mode=1777', '/scratch': 'rw,exec,size=2m,mode=1777' },
    Runtime: 'runc'
  })
})

void t.test('an image gets the memory and processes that its labels request, up to the caps', async (t) => {
  const image = await buildImage(t, 'FROM runonce/python:latest\n', { 'runonce.memory': '300000000', 'runonce.processes': '200' })
  const service = await startService(t)
  const client = new AbortController()
  const run = service.post('/run', { ...submission('python', 'import time\ntime.sleep(60)'), image }, { signal: client.signal }).catch(() => {})
  const [container] = await service.running(1)
  client.abort()
  await run
  t.match(container!.HostConfig, { Memory: 300000000, MemorySwap: 300000000, PidsLimit: 200 })
})
