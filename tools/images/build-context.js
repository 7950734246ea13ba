import { chmod, copyFile, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

import { makeTemporary, removeTemporary } from '../lib/temporary.js'
import { putArtifacts } from './artifacts.js'
import { splitDockerfile } from './dockerfile.js'
import { RECIPE, folderFiles, runnerFiles } from './image-digest.js'
import { imageJson } from './language.js'

/** @typedef {import('./language.js').Language} Language */

/** Parts of the Dockerfile that a context also contains: see `splitDockerfile`. */
export const PARTS = { runner: 'Dockerfile.runner', packages: 'Dockerfile.packages' }

/** Creates a temporary folder for a build context. @returns {Promise<string>} path of the folder */
export async function makeContextDir () {
  return await makeTemporary(os.tmpdir(), 'runonce-build-')
}

/**
 * Creates a build context in a temporary folder: the Dockerfile, its parts and the files that the Dockerfile copies.
 * @param {object} parts
 * @param {string} parts.imagesDir
 * @param {string} parts.arch x64 or arm64
 * @param {string[]} [parts.sharedNames] names of folders in shared/
 * @param {import('./language.js').Contents} [parts.shared] combined contents of these folders
 * @param {Language} [parts.language] the language to build; if absent, the context has only the contents of the shared stages
 * @returns {Promise<string>} path of the folder; the caller removes it
 */
export async function assembleContext ({ imagesDir, arch, sharedNames = [], shared = {}, language }) {
  const dir = await makeContextDir()
  try {
    for (const file of [...RECIPE, ...await runnerFiles(imagesDir)]) await copyTo(path.join(imagesDir, file), path.join(dir, file))
    const { runner, packages } = splitDockerfile(await readFile(path.join(imagesDir, 'Dockerfile'), 'utf8'))
    await writeFile(path.join(dir, PARTS.runner), runner)
    await writeFile(path.join(dir, PARTS.packages), packages)
    for (const name of ['shared', 'artifacts', 'language']) await mkdir(path.join(dir, name))
    for (const name of sharedNames) {
      const folder = path.join('shared', name)
      for (const file of await folderFiles(imagesDir, folder)) await copyTo(path.join(imagesDir, file), path.join(dir, 'shared', file))
    }
    await putArtifacts(shared, arch, path.join(dir, 'shared'))
    if (language !== undefined) {
      const folder = path.join('languages', language.name)
      for (const file of await folderFiles(imagesDir, folder)) {
        await copyTo(path.join(imagesDir, file), path.join(dir, 'language', path.relative(folder, file)))
      }
      await writeFile(path.join(dir, 'language/language.json'), imageJson(language))
      await putArtifacts(language, arch, path.join(dir, 'artifacts'))
    }
    await plainModes(dir)
  } catch (error) {
    await removeTemporary(dir)
    throw error
  }
  return dir
}

/**
 * @param {string} from
 * @param {string} to
 */
async function copyTo (from, to) {
  await mkdir(path.dirname(to), { recursive: true })
  await copyFile(from, to)
}

/**
 * Sets file modes that are independent of this user's umask, because the build cache of the engine compares modes.
 * @param {string} dir
 */
async function plainModes (dir) {
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(file, 0o755)
    else if (entry.isFile()) await chmod(file, ((await stat(file)).mode & 0o100) !== 0 ? 0o755 : 0o644)
  }
}
