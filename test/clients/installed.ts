import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { cacheDir } from '../../tools/lib/cache.js'

/**
 * Returns a folder in the cache. If it does not exist, `install` fills a temporary folder, which is then renamed.
 * @param name unique name of what is installed, with its version
 */
export async function installed (name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheDir(), 'clients', name)
  if (await access(folder).then(() => true, () => false)) return folder
  const partial = `${folder}.${process.pid}`
  await mkdir(partial, { recursive: true })
  try {
    await install(partial)
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
  return folder
}
