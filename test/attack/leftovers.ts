import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Test } from 'tap'

import { docker, until, type Service } from '../engine/kit.js'

const OWNER = 'runonce.owner'

/**
 * Returns the IDs of containers that the service creates. Events of the engine add IDs to the set.
 * @param hasContainers whether the service keeps ready containers; if not, a run creates the first container
 */
export async function watchContainers (t: Test, service: Service, hasContainers: boolean): Promise<Set<string>> {
  const probe = hasContainers ? undefined : service.run('python', 'import time\ntime.sleep(3)')
  const [first] = await until(async () => {
    const containers = await service.containers()
    return containers.length > 0 && containers
  }, 'a first container')
  await probe
  const made = new Set<string>()
  const label = `${OWNER}=${first?.Config.Labels[OWNER]}`
  const events = await docker.getEvents({ filters: { type: ['container'], event: ['create'], label: [label] } as never }) as Readable
  events.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter((text) => text !== '')) made.add(JSON.parse(line).Actor.ID)
  })
  events.on('error', () => {})
  t.teardown(() => { events.destroy() })
  return made
}

/** Returns processes, mounts and folders of these containers that remain on the host after `waitMs` milliseconds. */
export async function leftovers (ids: string[], waitMs: number): Promise<string[]> {
  const { DockerRootDir } = await docker.info()
  let found: string[] = []
  await until(() => {
    found = [...processes(ids), ...mounts(ids), ...folders(ids, DockerRootDir)]
    return found.length === 0
  }, 'no leftovers', waitMs).catch(() => {})
  return found
}

/**
 * Returns processes that the containers own, identified by cgroup (runc, crun) or command line (gVisor, shims). A shared shim, whose command line has
 * the ID of its first container, may outlive that container: it belongs to all of them while it has others.
 */
function processes (ids: string[]): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    const commandLine = textOf(`/proc/${pid}/cmdline`)
    const text = textOf(`/proc/${pid}/cgroup`) + (isSharedShim(pid, commandLine, ids) ? '' : commandLine)
    return ids.filter((id) => text.includes(id)).map((id) => `process ${pid} of ${id}: ${textOf(`/proc/${pid}/stat`)}`)
  })
}

/** Whether the process is a shim with a child that belongs to another container. */
function isSharedShim (pid: string, commandLine: string, ids: string[]): boolean {
  if (!commandLine.includes('containerd-shim-runc-v2')) return false
  const children = textOf(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter((child) => child !== '')
  return children.some((child) => !ids.some((id) => textOf(`/proc/${child}/cgroup`).includes(id)))
}

function mounts (ids: string[]): string[] {
  return textOf('/proc/mounts').split('\n').filter((line) => ids.some((id) => line.includes(id)))
}

function folders (ids: string[], root: string): string[] {
  return ids.map((id) => join(root, 'containers', id)).filter((path) => existsSync(path))
}

function textOf (path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
