import { createHash } from 'node:crypto'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 100

/**
 * Runs `work` while this process holds the lock of a folder. The lock is an abstract socket. The kernel releases the lock when the holder exits,
 * so a lock is never stale.
 * @template T
 * @param {string} dir
 * @param {number} waitMs longest wait for the lock, in milliseconds
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once if another process holds the lock
 * @returns {Promise<T>}
 * @throws Error if the wait times out
 * @see unix(7), abstract socket addresses
 */
export async function withLock (dir, waitMs, work, onWait = () => {}) {
  const name = `\0runonce-${createHash('sha256').update(path.resolve(dir)).digest('hex').slice(0, 24)}`
  const deadline = Date.now() + waitMs
  let server = await tryListen(name)
  if (server === undefined) onWait()
  while (server === undefined) {
    if (Date.now() > deadline) throw new Error(`another process has held the lock of ${dir} for more than ${waitMs / 1000} s`)
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
 * @returns {Promise<net.Server | undefined>} undefined if another process holds the lock
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
