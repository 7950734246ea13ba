import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { installed } from './installed.js'

const run = promisify(execFile)
const SCRIPT_TIMEOUT_MS = 300_000
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024

/**
 * Installs a Python package into a separate virtual environment.
 * @param requirement the package with its version, for example name==1.0
 * @returns the path of the environment's interpreter
 */
export async function pythonWith (requirement: string): Promise<string> {
  // Scripts in a virtual environment contain its path, but its interpreter can be moved.
  const folder = await installed(requirement, async (folder) => {
    await run('python3', ['-m', 'venv', folder])
    await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement])
  })
  return join(folder, 'bin', 'python')
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
