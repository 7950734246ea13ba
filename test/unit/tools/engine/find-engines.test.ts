import { createHash } from 'node:crypto'
import path from 'node:path'

import t, { type Test } from 'tap'

import { chosenEngine, respondingEngines, usualPlaces } from '../../../../tools/engine/find-engines.js'
import { respondAt, socketFolder } from './responding-socket.js'

/** Returns a home folder with Docker contexts, of which one is current. */
function homeWith (t: Test, current: string, hosts: Record<string, string>): string {
  const meta = Object.fromEntries(Object.entries(hosts).map(([name, Host]) => [
    createHash('sha256').update(name).digest('hex'), { 'meta.json': JSON.stringify({ Name: name, Endpoints: { docker: { Host } } }) }
  ]))
  return t.testdir({ '.docker': { 'config.json': JSON.stringify({ currentContext: current }), contexts: { meta } } })
}

void t.test('DOCKER_UNIX_SOCKET_PATH wins over DOCKER_HOST, and DOCKER_HOST over the Docker context', async (t) => {
  const home = homeWith(t, 'colima', { colima: 'unix:///home/u/.colima/docker.sock', far: 'ssh://machine' })
  t.match(await chosenEngine({ DOCKER_UNIX_SOCKET_PATH: '/a.sock', DOCKER_HOST: 'unix:///b.sock' }, home), { source: 'DOCKER_UNIX_SOCKET_PATH', socketPath: '/a.sock' })
  t.match(await chosenEngine({ DOCKER_UNIX_SOCKET_PATH: '', DOCKER_HOST: 'unix:///b.sock', DOCKER_CONTEXT: 'far' }, home), { source: 'DOCKER_HOST', socketPath: '/b.sock' })
  t.match(await chosenEngine({}, home), { source: 'the Docker context colima', socketPath: '/home/u/.colima/docker.sock' })
  t.same(await chosenEngine({ DOCKER_CONTEXT: 'far' }, home), { source: 'the Docker context far', value: 'ssh://machine' }, 'this is not a Unix socket')
  t.same(await chosenEngine({ DOCKER_CONTEXT: 'removed' }, home), { source: 'the Docker context removed', value: 'unknown' })
  t.equal(await chosenEngine({ DOCKER_CONTEXT: 'default' }, home), undefined)
  t.match(await chosenEngine({ DOCKER_CONFIG: path.join(home, '.docker') }, '/nonexistent'), { source: 'the Docker context colima' })
})

void t.test('without a choice of the user, no engine is chosen', async (t) => {
  t.equal(await chosenEngine({}, homeWith(t, 'default', {})), undefined)
  t.equal(await chosenEngine({}, '/nonexistent'), undefined)
  t.equal(await chosenEngine({}, t.testdir({ '.docker': { 'config.json': 'not JSON' } })), undefined)
})

void t.test('the usual places of rootless Docker, Podman, Colima and Docker Desktop are searched, the private engine last', async (t) => {
  const places = usualPlaces({ XDG_RUNTIME_DIR: '/run/user/1000' }, { home: '/home/u', cache: '/home/u/.cache/runonce' }).map(({ name, socketPath }) => `${name}: ${socketPath}`)
  t.equal(places[0], 'Docker: /var/run/docker.sock')
  for (const place of ['rootless Docker: /run/user/1000/docker.sock', 'rootless Podman: /run/user/1000/podman/podman.sock', 'Podman: /run/podman/podman.sock', 'Colima: /home/u/.colima/default/docker.sock', 'Docker Desktop: /home/u/.docker/desktop/docker.sock']) {
    t.ok(places.includes(place), place)
  }
  t.equal(places.at(-1), 'the private engine of runonce: /home/u/.cache/runonce/engine/docker.sock')
})

void t.test('only places whose engine responds are returned, in their order', async (t) => {
  const dir = await socketFolder(t)
  const places = usualPlaces({ XDG_RUNTIME_DIR: dir }, { home: dir, cache: path.join(dir, 'cache'), systemSocket: path.join(dir, 'system.sock') }).filter(({ socketPath }) => socketPath.startsWith(dir))
  await respondAt(t, path.join(dir, 'podman/podman.sock'))
  await respondAt(t, path.join(dir, '.colima/default/docker.sock'))
  await respondAt(t, path.join(dir, 'system.sock'), { '/_ping': 503 })
  t.same((await respondingEngines(places)).map(({ name }) => name), ['Colima', 'rootless Podman'])
})
