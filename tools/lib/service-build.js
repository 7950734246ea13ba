import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

import { buildService } from './service-process.js'

/**
 * Builds the service if a source file is newer than the build.
 * @param {string} root folder of the repository
 * @param {() => void} say called before the build
 */
export async function buildServiceIfStale (root, say) {
  const sources = await newest(path.join(root, 'service'))
  const built = await stat(path.join(root, 'dist/server.js')).then((file) => file.mtimeMs, () => 0)
  if (built > sources) return
  say()
  await buildService()
}

/** @param {string} dir */
async function newest (dir) {
  let time = 0
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    time = Math.max(time, (await stat(path.join(entry.parentPath, entry.name))).mtimeMs)
  }
  return time
}
