import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'

import { cacheDir } from '../../lib/cache.js'
import { execute } from '../../lib/child.js'
import { lastLines } from '../../lib/last-lines.js'

const BUILD_MS = 10 * 60_000

/**
 * Builds the newest version of a Go program with the Go proxy, once.
 * @param {string} module
 * @param {string} folder folder of the program in the module
 * @returns {Promise<string>} path of the program
 * @throws Error if Go is not installed or the module is not available
 */
export async function goProgram (module, folder) {
  const programs = path.join(cacheDir(), 'peers')
  const file = path.join(programs, path.basename(module))
  if (await access(file).then(() => true, () => false)) return file
  await mkdir(programs, { recursive: true })
  const dir = await mkdtemp(path.join(programs, '.build-'))
  const go = async (/** @type {string[]} */ ...args) => await execute('go', args, { cwd: dir, timeout: BUILD_MS })
  try {
    await go('mod', 'init', 'peer')
    await go('get', `${module}/${folder}@latest`)
    await go('build', '-o', 'program', `${module}/${folder}`)
    await rename(path.join(dir, 'program'), file)
  } catch (error) {
    const { code, stderr = '', message } = /** @type {Error & {code?: unknown, stderr?: string}} */ (error)
    throw new Error(code === 'ENOENT' ? 'Go is not installed' : `go cannot build it: ${lastLines(stderr, 2) || message}`, { cause: error })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  return file
}
