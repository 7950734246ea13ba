import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import t from 'tap'

import { eventStream, FakeEngine, json } from '../unit/fake-engine.js'
import { temporaryFolder } from './fault-engine.js'
import { spawnService } from './kit.js'

/** Returns a command that runs another command in a mount namespace in which `socket` is mounted at `mounted`: unshare(1), mount(8). */
const mountSocket = (socket: string, mounted: string) =>
  ['unshare', '-m', 'sh', '-c', 'mount --bind "$1" "$2" && shift 2 && exec "$@"', 'sh', socket, mounted]

void t.test('a service exits when the engine has replaced the socket file that is mounted in its container', {
  skip: process.getuid?.() === 0 ? false : 'needs root, to mount a file'
}, async (t) => {
  const engine = await FakeEngine.start(t)
  engine.on('GET /_ping', json(200, 'OK')).on('GET /events', eventStream()).on('GET /containers/json', json(200, []))
  const mounted = join(temporaryFolder(t), 'docker.sock')
  writeFileSync(mounted, '')
  const service = spawnService({ DOCKER_UNIX_SOCKET_PATH: mounted }, mountSocket(engine.socketPath, mounted))
  t.teardown(async () => { await service.stop() })
  await service.listening()
  t.equal((await service.request('/readyz', { token: null })).status, 200)

  await engine.stop()
  const restarted = createServer().listen(engine.socketPath)
  t.teardown(async () => { restarted.close() })

  t.equal(await service.exited, 1)
  t.strictSame(service.logs.filter(({ level }) => level === 'fatal').map(({ msg }) => msg),
    [`The socket that is mounted at ${mounted} was replaced by the engine: restart the container`])
})
