import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'

/** Temporary folders, which are also removed on exit. @type {Set<string>} */
const made = new Set()
process.on('exit', () => { for (const dir of made) rmSync(dir, { recursive: true, force: true }) })

/**
 * Creates a temporary folder.
 * @param {string} parent
 * @param {string} prefix
 * @returns {Promise<string>} path of the new folder
 */
export async function makeTemporary (parent, prefix) {
  const dir = await mkdtemp(path.join(parent, prefix))
  made.add(dir)
  return dir
}

/** Removes a temporary folder. @param {string} dir path from `makeTemporary` */
export async function removeTemporary (dir) {
  await rm(dir, { recursive: true, force: true })
  made.delete(dir)
}
