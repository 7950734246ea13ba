import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { installed } from './installed.js'

const INSTALL = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

/**
 * Installs npm packages into a separate folder.
 * @param packages the packages with their versions; the first names the folder
 * @returns the path of `node_modules`
 */
export async function npmWith (...packages: [string, ...string[]]): Promise<string> {
  const folder = await installed(packages[0].replaceAll('/', '+'), async (folder) => {
    await writeFile(join(folder, 'package.json'), '{"private": true}')
    await promisify(execFile)('npm', [...INSTALL, ...packages], { cwd: folder })
  })
  return join(folder, 'node_modules')
}
