import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processStart } from '../lib/process-table.js'

const POLL_MS = 100

/**
 * Runs `work` while no other process runs its own for the same folder. The lock is an abstract socket: the kernel lets go of it
 * when its holder dies, so none is ever stale.
 * @template T
 * @param {string} dir
 * @param {number} waitMs longest wait for the lock
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once when another holds it
 * @returns {Promise<T>}
 * @see unix(7), abstract socket addresses
 */
export async function withLock (dir, waitMs, work, onWait = () => {}) {
  const name = `\0runonce-${createHash('sha256').update(path.resolve(dir)).digest('hex').slice(0, 24)}`
  const deadline = Date.now() + waitMs
  let server = await tryListen(name)
  if (server === undefined) onWait()
  while (server === undefined) {
    if (Date.now() > deadline) throw new Error(`another process holds ${dir} for more than ${waitMs / 1000} s`)
    await sleep(POLL_MS)
    server = await tryListen(name)
  }
  try {
    return await work()
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

/**
 * @param {string} name
 * @returns {Promise<net.Server | undefined>} undefined when another has it
 */
async function tryListen (name) {
  const server = net.createServer((socket) => socket.destroy())
  return await new Promise((resolve, reject) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(name, () => resolve(server))
  })
}

let leases = 0

/**
 * Notes that this process uses what is in `dir`.
 * @param {string} dir
 * @returns {Promise<{release(): Promise<void>}>}
 */
export async function takeLease (dir) {
  await mkdir(dir, { recursive: true })
  const file = path.join(dir, `${process.pid}-${++leases}`)
  await writeFile(file, await processStart(process.pid) ?? '')
  return { release: async () => await rm(file, { force: true }) }
}

/**
 * Whether a living process holds a lease; those of dead ones are removed.
 * @param {string} dir
 * @returns {Promise<boolean>}
 */
export async function isLeased (dir) {
  let found = false
  for (const name of await readdir(dir).catch(() => [])) {
    const file = path.join(dir, name)
    const start = await readFile(file, 'utf8').catch(() => undefined)
    if (start !== undefined && start === await processStart(Number.parseInt(name, 10))) found = true
    else await rm(file, { force: true })
  }
  return found
}
