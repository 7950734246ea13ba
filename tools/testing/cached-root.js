import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'

import { makeRoot } from '../lib/bootstrap.js'
import { cacheDir } from '../lib/cache.js'
import { withLock } from '../lib/lock.js'

const LOCK_MS = 60 * 60_000

/** @typedef {{suite: string, packages: string[]}} System a Debian release with packages */

/**
 * Returns the folder of a Debian root file system in the cache folder. Creates a missing one, which takes some minutes.
 * @param {System} system
 * @param {(text: string) => void} say receives a message before the long step
 */
export async function cachedRoot (system, say) {
  const root = path.join(cacheDir(), 'roots', `${system.suite}-${digest(JSON.stringify(system))}`)
  await makeOnce(root, async (part) => {
    say(`creating a root file system of Debian ${system.suite} with ${system.packages.join(', ')}`)
    await makeRoot(part, system)
  })
  return root
}

/**
 * Creates a file or folder unless it exists. Creates it under another name first, so that an interrupted call leaves nothing incomplete.
 * @param {string} target
 * @param {(part: string) => Promise<void>} make
 */
export async function makeOnce (target, make) {
  await mkdir(path.dirname(target), { recursive: true })
  await withLock(target, LOCK_MS, async () => {
    if (existsSync(target)) return
    const part = `${target}.part`
    await rm(part, { recursive: true, force: true })
    await make(part)
    await rename(part, target)
  })
}

/** @param {...(string | Buffer)} parts */
export function digest (...parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 12)
}
