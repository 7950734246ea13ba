import { spawn } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { putArtifacts } from './artifacts.js'
import { RECIPE, folderFiles, runnerFiles } from './digest.js'
import { imageJson } from './language.js'
import { makeTemporary, removeTemporary } from '../lib/temporary.js'

/** @typedef {import('./language.js').Language} Language */

/** @returns {Promise<string>} a new temporary folder */
export async function makeContextDir () {
  return await makeTemporary(os.tmpdir(), 'runonce-build-')
}

/**
 * Puts a build context together in a temporary folder: the Dockerfile and what it copies.
 * @param {object} parts
 * @param {string} parts.imagesDir
 * @param {string} parts.arch x64 or arm64
 * @param {string[]} [parts.sharedNames] folders of shared/
 * @param {import('./language.js').Contents} [parts.shared] what they bring
 * @param {Language} [parts.language] absent: only what the stages before it need
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
 * Modes that do not depend on this user's umask: the engine's cache looks at them.
 * @param {string} dir
 */
async function plainModes (dir) {
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(file, 0o755)
    else if (entry.isFile()) await chmod(file, ((await stat(file)).mode & 0o100) !== 0 ? 0o755 : 0o644)
  }
}

/**
 * @param {string} dir
 * @returns {import('node:stream').Readable} the folder as a tar stream; destroyed with an error when tar fails
 */
export function packContext (dir) {
  const tar = spawn('tar', ['-C', dir, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let message = ''
  tar.stderr.on('data', (chunk) => { message += chunk })
  tar.on('error', (error) => tar.stdout.destroy(error))
  tar.on('close', (code) => { if (code !== 0) tar.stdout.destroy(new Error(`tar: ${message.trim() || `exit code ${code}`}`)) })
  return tar.stdout
}
