import path from 'node:path'

import t, { type Test } from 'tap'

import { ensureEngine } from '../../../../tools/engine/engine.js'
import { suitability } from '../../../../tools/engine/suitability.js'
import { respondAt, socketFolder } from './responding-socket.js'

const INFO = { OSType: 'linux', Architecture: 'x86_64', MemoryLimit: true, PidsLimit: true, CpuCfsQuota: true }

/** Finds an engine as a user who cannot start one, with only the given variables and places below a folder. */
async function find (t: Test, dir: string, env: Record<string, string>) {
  t.intercept(process, 'getuid', { value: () => 1000 })
  t.intercept(process, 'env', { value: { PATH: process.env['PATH'], XDG_RUNTIME_DIR: path.join(dir, 'run'), ...env } })
  return await ensureEngine({ cache: path.join(dir, 'cache'), systemSocket: path.join(dir, 'system.sock'), home: dir })
}

async function errorOf (t: Test, dir: string, env: Record<string, string>): Promise<string> {
  return await find(t, dir, env).then(({ name }) => `found ${name}`, (error: Error) => error.message)
}

void t.test('an engine that cannot be used is reported in two lines', async (t) => {
  const dir = await socketFolder(t)
  const errors: Array<[env: Record<string, string>, message: RegExp]> = [
    [{ DOCKER_HOST: 'tcp://192.0.2.1:2375' }, /^DOCKER_HOST is "tcp:.*only a unix socket/],
    [{ DOCKER_HOST: 'unix:///nonexistent/docker.sock' }, /DOCKER_HOST, \/nonexistent\/docker\.sock \(ENOENT\)/],
    [{ DOCKER_UNIX_SOCKET_PATH: '/nonexistent/a.sock', DOCKER_HOST: 'tcp://192.0.2.1:2375' }, /DOCKER_UNIX_SOCKET_PATH, \/nonexistent\/a\.sock/],
    [{ DOCKER_CONTEXT: 'far' }, /^The Docker context far is "unknown".*\n.*docker context use default/],
    [{}, /^No Docker engine responds at .*\nInstall and start Docker/]
  ]
  for (const [env, message] of errors) {
    const error = await errorOf(t, dir, env)
    t.match(error, message)
    t.equal(error.split('\n').length, 2)
  }
})

void t.test('a rootless or Podman engine that responds is used if the system has no other one', async (t) => {
  const dir = await socketFolder(t)
  await respondAt(t, path.join(dir, 'run/podman/podman.sock'))
  t.match(await find(t, dir, {}), { name: 'rootless Podman', socketPath: path.join(dir, 'run/podman/podman.sock') })
  await respondAt(t, path.join(dir, 'run/docker.sock'))
  t.match(await find(t, dir, {}), { name: 'rootless Docker' })
  await respondAt(t, path.join(dir, 'system.sock'))
  t.match(await find(t, dir, {}), { name: 'Docker', socketPath: path.join(dir, 'system.sock') })
  const found = await find(t, dir, { DOCKER_UNIX_SOCKET_PATH: path.join(dir, 'run/docker.sock'), DOCKER_HOST: 'unix:///nonexistent/docker.sock' })
  t.match(found, { name: 'DOCKER_UNIX_SOCKET_PATH', socketPath: path.join(dir, 'run/docker.sock') }, 'DOCKER_UNIX_SOCKET_PATH wins')
})

void t.test('what an engine cannot do is known before a build', async (t) => {
  const dir = await socketFolder(t)
  const suits = async (name: string, info: object, ApiVersion = '1.45') => {
    await respondAt(t, path.join(dir, name), { '/info': { ...INFO, ...info }, '/version': { ApiVersion } })
    return await suitability(path.join(dir, name))
  }
  t.same(await suits('good', {}), { problems: [], warnings: [] })
  t.match(await suits('old', {}, '1.40'), { problems: [/API version is 1\.40/], warnings: [] })
  t.match(await suits('windows', { OSType: 'windows' }), { problems: [/windows containers/] })
  t.match(await suits('riscv', { Architecture: 'riscv64' }), { problems: [/riscv64/] })
  t.same(await suits('rootless', { MemoryLimit: false, PidsLimit: false, CpuCfsQuota: false }), {
    problems: [], warnings: ['the engine does not limit memory', 'the engine does not limit processes', 'the engine does not limit CPU time: set DOCKER_CONTAINER_CPUS=0']
  })
  await respondAt(t, path.join(dir, 'broken'), { '/info': 500 })
  await t.rejects(suitability(path.join(dir, 'broken')), /status 500/)
})
