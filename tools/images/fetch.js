import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { artifactsDir } from '../lib/cache.js'
import { runToEnd } from '../lib/child.js'
import { makeTemporary, removeTemporary } from '../lib/temporary.js'

const FETCH_MS = 10 * 60_000
const ERROR_LINES = 5

/**
 * A package registry's client that this host lacks, told with what would bring it.
 * @type {Record<string, string>}
 */
const PACKAGED_AS = { npm: 'npm', pip3: 'python3-pip', mvn: 'maven' }

/**
 * The file of a package in the cache, fetched unless it is there with the right checksum.
 * @param {object} wanted
 * @param {string} wanted.title how errors name it
 * @param {string} wanted.file its name in the cache
 * @param {string} wanted.checksum as language.json gives it
 * @param {(content: Buffer) => string} checksumOf
 * @param {(into: string) => Promise<void>} fetch leaves one file in this folder
 * @returns {Promise<string>}
 * @throws Error when the checksum is another
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
    if (fetched === undefined) throw new Error(`nothing came for ${title}`)
    const got = checksumOf(await readFile(path.join(dir, fetched)))
    if (got !== checksum) throw new Error(`${title} has the checksum ${got}, language.json asks for ${checksum}`)
    await rename(path.join(dir, fetched), file) // so that a second builder sees it whole or not at all
  } finally {
    await removeTemporary(dir)
  }
  return file
}

/** @param {Buffer} content */
export function sha256 (content) {
  return createHash('sha256').update(content).digest('hex')
}

/**
 * Runs a registry's client.
 * @param {string} client
 * @param {string[]} args
 * @param {string} title what is fetched
 * @param {string} cwd
 * @throws Error with the client's last lines, or that the client is missing
 */
export async function runClient (client, args, title, cwd) {
  try {
    await runToEnd(client, args, { cwd, timeout: FETCH_MS, maxBuffer: 64 * 2 ** 20 })
  } catch (error) {
    const { code, stdout = '', stderr = '', message } = /** @type {Error & {code?: unknown, stdout?: string, stderr?: string}} */ (error)
    if (code === 'ENOENT') {
      throw new Error(`${title} is fetched by ${client}, which is not on this machine (on Debian: apt-get install ${PACKAGED_AS[client] ?? client})`, { cause: error })
    }
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '').slice(-ERROR_LINES)
    throw new Error([`${client} can't fetch ${title}:`, ...lines.length > 0 ? lines : [message]].join('\n'), { cause: error })
  }
}

/** @param {NodeJS.ErrnoException} error */
function noFile (error) {
  if (error.code === 'ENOENT') return undefined
  throw error
}
