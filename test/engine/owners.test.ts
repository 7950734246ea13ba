import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'

import { docker, freePort, inspect, needImages, spawnService, until, type Service } from './kit.js'

/** Runs a command in a network namespace of its own, as a container does: unshare(1). */
const OWN_NETWORK = ['unshare', '--net']

/** The pool keeps one container ready. The service and its containers are gone after the test. */
async function replica (t: { teardown: (work: () => Promise<void>) => void }, port: string, wrapper: string[] = []): Promise<Service> {
  const service = spawnService({ SERVER_LISTEN_ADDR: '0.0.0.0', SERVER_LISTEN_PORT: port, POOL_MAX: '1', POOL_IMAGES: 'runonce/python:latest' }, wrapper)
  t.teardown(async () => {
    await service.stop()
    await until(async () => (await service.containers()).length === 0, 'the removal of all containers of this service')
  })
  await service.listening()
  return service
}

async function ready (service: Service): Promise<string> {
  const [container] = await service.running(1)
  if (container === undefined) throw new Error('no container is ready')
  return container.Id
}

for (const [title, wrapper] of [['on other ports', []], ['at the same address in other network namespaces, as in containers', OWN_NETWORK]] as const) {
  t.test(`replicas on one engine, ${title}, have different owners and keep their containers apart`, { timeout: 240_000 }, async (t) => {
    await needImages('python')
    const port = await freePort()
    const first = await replica(t, port, [...wrapper])
    const kept = await ready(first)
    const second = await replica(t, wrapper.length === 0 ? await freePort() : port, [...wrapper])
    const others = await ready(second)
    const owners = await Promise.all([kept, others].map(async (id) => (await docker.getContainer(id).inspect()).Config.Labels['runonce.owner']))
    t.not(owners[0], owners[1])
    second.process.kill('SIGKILL')
    await second.exited
    const again = await replica(t, wrapper.length === 0 ? await freePort() : port, [...wrapper])
    await ready(again)
    await sleep(1000)
    t.match(await inspect(kept), { State: { Running: true } }, 'neither a start, a crash nor a sweep of a replica affects the container of another one')
  })
}
