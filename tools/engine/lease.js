import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { processStart } from '../lib/process-table.js'

let leases = 0

/**
 * Creates a lease: a record in the folder that this process uses the engine.
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
 * Reports whether a running process holds a lease. Removes leases of dead processes.
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
