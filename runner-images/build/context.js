import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { unpackPackage } from './artifacts.js'
import { runnerFiles } from './digest.js'

/** @typedef {import('./language.js').Language} Language */

/** Contexts of builds under way: gone too when the process ends amid one. @type {Set<string>} */
const assembled = new Set()
process.on('exit', () => { for (const dir of assembled) rmSync(dir, { recursive: true, force: true }) })

/** @returns {Promise<string>} a new temporary folder */
export async function makeContextDir () {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'runonce-build-'))
  assembled.add(dir)
  return dir
}

/** @param {string} dir */
export async function removeContextDir (dir) {
  await rm(dir, { recursive: true, force: true })
  assembled.delete(dir)
}

/**
 * Puts a build context together in a temporary folder: Dockerfile, runner/, language/ and artifacts/.
 * @param {object} parts
 * @param {string} parts.imagesDir
 * @param {Language} [parts.language] absent: only what the runner's stage needs
 * @param {string} parts.arch x64 or arm64
 * @returns {Promise<string>} the folder, which the caller removes
 */
export async function assembleContext ({ imagesDir, language, arch }) {
  const dir = await makeContextDir()
  try {
    await copyFile(path.join(imagesDir, 'Dockerfile'), path.join(dir, 'Dockerfile'))
    for (const file of await runnerFiles(imagesDir)) {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true })
      await copyFile(path.join(imagesDir, file), path.join(dir, file))
    }
    await mkdir(path.join(dir, 'artifacts'))
    await mkdir(path.join(dir, 'language'))
    if (language !== undefined) {
      await cp(path.join(imagesDir, 'languages', language.name), path.join(dir, 'language'), { recursive: true })
      for (const entry of language.npm ?? []) await unpackPackage(entry, arch, path.join(dir, 'artifacts'))
    }
    await plainModes(dir)
  } catch (error) {
    await removeContextDir(dir)
    throw error
  }
  return dir
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
