import { chmod, copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

import { makeTemporary, removeTemporary } from '../lib/temporary.js'
import { putArtifacts } from './artifacts.js'
import { RECIPE, folderFiles, runnerFiles } from './image-digest.js'
import { imageJson } from './language.js'

/** @typedef {import('./language.js').Language} Language */

/** @returns {Promise<string>} a new temporary folder */
export async function makeContextDir () {
  return await makeTemporary(os.tmpdir(), 'runonce-build-')
}

/**
 * Makes a build context in a temporary folder: the Dockerfile and the files that it copies.
 * @param {object} parts
 * @param {string} parts.imagesDir
 * @param {string} parts.arch x64 or arm64
 * @param {string[]} [parts.sharedNames] folders of shared/
 * @param {import('./language.js').Contents} [parts.shared] their contents
 * @param {Language} [parts.language] absent: only the contents of the earlier stages
 * @returns {Promise<string>} the folder, which the caller removes
 */
export async function assembleContext ({ imagesDir, arch, sharedNames = [], shared = {}, language }) {
  const dir = await makeContextDir()
  try {
    for (const file of [...RECIPE, ...await runnerFiles(imagesDir)]) await copyTo(path.join(imagesDir, file), path.join(dir, file))
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
 * Sets modes that do not depend on this user's umask, because the engine's build cache compares them.
 * @param {string} dir
 */
async function plainModes (dir) {
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(file, 0o755)
    else if (entry.isFile()) await chmod(file, ((await stat(file)).mode & 0o100) !== 0 ? 0o755 : 0o644)
  }
}
