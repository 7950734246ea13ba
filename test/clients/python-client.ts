import { execFile } from 'node:child_process'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { cacheDir } from '../../tools/lib/cache.js'

const run = promisify(execFile)
const SCRIPT_TIMEOUT_MS = 300_000
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024

/**
 * Installs a Python package into a virtual environment of its own, unless the cache folder has it.
 * @param requirement the package with its version, for example name==1.0
 * @returns the path of the environment's interpreter
 */
export async function pythonWith (requirement: string): Promise<string> {
  const folder = join(cacheDir(), 'clients', requirement)
  const python = join(folder, 'bin', 'python')
  if (await access(python).then(() => true, () => false)) return python
  // Scripts in a virtual environment contain its path, but its interpreter can be moved.
  const partial = `${folder}.${process.pid}`
  await mkdir(partial, { recursive: true })
  try {
    await run('python3', ['-m', 'venv', partial])
    await run(join(partial, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement])
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
  return python
}

/**
 * Runs a Python script from this folder, which uses a client library.
 * @returns the JSON that the script prints
 */
export async function runPythonClient (requirement: string, script: string, args: string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { stdout } = await run(await pythonWith(requirement), ['-I', path, ...args], { timeout: SCRIPT_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES })
  return JSON.parse(stdout)
}
