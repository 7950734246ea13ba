import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ContainerSandbox } from '../../../service/docker/container-sandbox.js'
import type { ExchangeOptions } from '../../../service/runs/ports.js'
import { duplexPair, type Duplex } from './duplex-pair.js'

export const OURS: ExchangeOptions = { resultIsFirstLine: true, deadlineMs: 2000, maxBytes: 10_000, signal: new AbortController().signal }
export const FOREIGN: ExchangeOptions = { ...OURS, resultIsFirstLine: false }
export const RESULT = '{"stdout":""}\n'

export interface Teardown { teardown: (work: () => void) => void }

export interface Started {
  sandbox: ContainerSandbox
  /** The end of the stream that belongs to the container. */
  container: Duplex
  stream: Duplex
  removed: string[]
  received: () => string
  inputEnded: () => boolean
}

interface Options { pooled?: boolean, exitGraceMs?: number, isRunning?: () => Promise<boolean>, ending?: () => void }

export function start (t: Teardown, options: Options = {}): Started {
  const [stream, container] = duplexPair()
  let received = ''
  let inputEnded = false
  container.on('data', (data) => { received += String(data) })
  container.on('end', () => { inputEnded = true })
  container.on('error', () => {})
  t.teardown(() => { container.destroy() })
  return { ...startOn(t, stream, options), container, stream, received: () => received, inputEnded: () => inputEnded }
}

export function startOn (t: Teardown, stream: Duplex, { pooled = false, exitGraceMs = 1000, isRunning = async () => true, ending = () => {} }: Options = {}): Pick<Started, 'sandbox' | 'removed'> {
  const removed: string[] = []
  t.teardown(() => { stream.destroy() })
  const sandbox = new ContainerSandbox({
    id: 'c1', pooled, stream, phases: {}, exitGraceMs, remove: async (id) => { removed.push(id) }, liftCpuLimit: () => {}, ranOutOfMemory: async () => false, isRunning, ending
  })
  return { sandbox, removed }
}

/** Returns a path for a socket. The kernel allows 107 bytes, and the path of a tap fixture is longer. */
export function socketFile (t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'runonce-socket-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'socket')
}
