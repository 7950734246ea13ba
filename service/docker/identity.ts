import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

import type { ContainerIdentity } from './container-settings.js'

/**
 * Identifies this service in the labels of its containers. The owner stays the same after a restart in the same
 * network namespace, on the same boot of the host and at the same address, because no other service can listen there.
 * If this is unknown (not Linux, or a port chosen by the system), the owner is random, and leftover containers remain
 * until they expire.
 */
export function containerIdentity (listen: { address: string, port: number }): ContainerIdentity {
  return { owner: owner(listen), boot: randomUUID() }
}

function owner ({ address, port }: { address: string, port: number }): string {
  if (port === 0) return randomUUID()
  try {
    const host = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const network = readlinkSync('/proc/self/ns/net')
    return createHash('sha256').update(`${host} ${network} ${address} ${port}`).digest('hex').slice(0, 32)
  } catch {
    return randomUUID()
  }
}
