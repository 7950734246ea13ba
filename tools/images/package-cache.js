import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename } from 'node:fs/promises'
import path from 'node:path'

import { artifactsDir } from '../lib/cache.js'
import { execute } from '../lib/child.js'
import { lastLines } from '../lib/last-lines.js'
import { makeTemporary, removeTemporary } from '../lib/temporary.js'
import { CLIENTS } from './registry-clients.js'

const FETCH_MS = 10 * 60_000
const ERROR_LINES = 5

/**
 * Returns the path of a package file in the cache. Fetches the file if it is missing or has the wrong checksum.
 * @param {object} wanted
 * @param {string} wanted.title package name in error messages
 * @param {string} wanted.file file name in the cache
 * @param {string} wanted.checksum checksum from language.json
 * @param {(content: Buffer) => string} checksumOf
 * @param {(into: string) => Promise<void>} fetch downloads one file into the folder `into`
 * @returns {Promise<string>}
 * @throws Error if the fetched file has a different checksum
 */
export async function cached ({ title, file: name, checksum }, checksumOf, fetch) {
  const cache = artifactsDir()
  await mkdir(cache, { recursive: true })
  const file = path.join(cache, name)
  const present = await readFile(file).catch(noFile)
  if (present !== undefined && checksumOf(present) === checksum) return file
  const dir = await makeTemporary(cache, '.fetch-')
  try {
    await fetch(dir)
    const [fetched] = await readdir(dir)
    if (fetched === undefined) throw new Error(`no file was fetched for ${title}`)
    const got = checksumOf(await readFile(path.join(dir, fetched)))
    if (got !== checksum) throw new Error(`${title} has the checksum ${got}, but language.json requires ${checksum}`)
    await rename(path.join(dir, fetched), file) // atomic: other processes never read an incomplete file
  } finally {
    await removeTemporary(dir)
  }
  return file
}

/**
 * Computes a SHA-256 checksum in hex.
 * @param {Buffer} content
 */
export function sha256 (content) {
  return createHash('sha256').update(content).digest('hex')
}

/**
 * Runs the client of a package registry.
 * @param {import('./registry-clients.js').Registry} registry
 * @param {string[]} args
 * @param {string} title package name in error messages
 * @param {string} cwd
 * @throws Error with the last lines of the client's output, or a message that the client is not installed
 */
export async function runClient (registry, args, title, cwd) {
  const { command, debian } = CLIENTS[registry]
  try {
    await execute(command, args, { cwd, timeout: FETCH_MS })
  } catch (error) {
    const { code, stdout = '', stderr = '', message } = /** @type {Error & {code?: unknown, stdout?: string, stderr?: string}} */ (error)
    if (code === 'ENOENT') {
      throw new Error(`${command} is required to fetch ${title}, but is not installed (Debian, Ubuntu: apt-get install ${debian})`, { cause: error })
    }
    throw new Error(`${command} cannot fetch ${title}:\n${lastLines(`${stdout}\n${stderr}`, ERROR_LINES) || message}`, { cause: error })
  }
}

/** @param {NodeJS.ErrnoException} error */
function noFile (error) {
  if (error.code === 'ENOENT') return undefined
  throw error
}
