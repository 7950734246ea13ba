import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

import type { ContainerIdentity } from './container-settings.js'

/**
 * Names this service for its containers' labels. The owner stays the same when the service starts again in the same
 * network namespace, on the same boot of the host, at the same address: nobody else can listen there meanwhile.
 * Where that can't be said (no Linux, a port of the system's choice), the owner is new each time and leftovers wait for their expiry.
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
