import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { docker } from '../engine/kit.js'

const ROOT = '/sys/fs/cgroup'

/** Whether this machine uses cgroup version 2. */
export const isUnified = existsSync(join(ROOT, 'cgroup.controllers'))

/** Returns the folder of the cgroup of a running container. */
export async function cgroupOf (containerId: string): Promise<string> {
  const { State: { Pid } } = await docker.getContainer(containerId).inspect()
  const [, path] = /^0::(.+)$/m.exec(readFileSync(`/proc/${Pid}/cgroup`, 'utf8')) ?? []
  if (path === undefined) throw new Error(`process ${Pid} has no cgroup of version 2`)
  return join(ROOT, path)
}

/** Reads a number from a file of a cgroup: the only number, or the number after a key. */
export function counter (cgroup: string, name: string, key?: string): number {
  const text = readFileSync(join(cgroup, name), 'utf8')
  const value = key === undefined ? text.trim() : new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1]
  if (value === undefined) throw new Error(`${cgroup}/${name} has no ${key}`)
  return Number(value)
}

/** Returns the cgroups of containers, which both drivers name after the container's ID. */
export function containerCgroups (): string[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^(docker-)?[0-9a-f]{64}(\.scope)?$/.test(entry.name)).map(({ name }) => name)
}
