import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { artifactsDir } from './cache.js'

const run = promisify(execFile)
const FETCH_MS = 10 * 60_000

/** @typedef {import('./language.js').NpmPackage} NpmPackage */

/**
 * @param {NpmPackage} entry
 * @param {string} arch x64 or arm64
 * @returns {{name: string, version: string, integrity: string, folder: string, files: string[] | undefined}}
 * @throws Error when the package has no build for this architecture
 */
export function resolvePackage (entry, arch) {
  const integrity = typeof entry.integrity === 'string' ? entry.integrity : entry.integrity[arch]
  if (integrity === undefined) throw new Error(`${entry.name}@${entry.version} has no integrity for ${arch}`)
  return {
    name: entry.name.replace('{arch}', arch),
    version: entry.version,
    integrity,
    folder: entry.name.replace(/^@[^/]*\//, '').replace(/-?\{arch\}/, ''),
    files: entry.files
  }
}

/**
 * Fetches an npm package into the cache, unless it is there, and unpacks it below `into`.
 * @param {NpmPackage} entry
 * @param {string} arch
 * @param {string} into
 */
export async function unpackPackage (entry, arch, into) {
  const wanted = resolvePackage(entry, arch)
  const file = await fetchPackage(wanted)
  const target = path.join(into, wanted.folder)
  await mkdir(target, { recursive: true })
  await run('tar', ['-xzf', file, '-C', target, '--strip-components=1', '--no-same-owner'])
  if (wanted.files === undefined) return
  for (const name of await readdir(target)) {
    if (!wanted.files.includes(name)) await rm(path.join(target, name), { recursive: true })
  }
}

/**
 * @param {ReturnType<typeof resolvePackage>} wanted
 * @returns {Promise<string>} the package's file in the cache, its integrity checked
 */
async function fetchPackage ({ name, version, integrity }) {
  const cache = artifactsDir()
  await mkdir(cache, { recursive: true })
  const file = path.join(cache, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  if (await integrityOf(file) === integrity) return file
  const dir = await mkdtemp(path.join(cache, '.fetch-'))
  try {
    await run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', dir], { cwd: dir, timeout: FETCH_MS })
    const [packed] = await readdir(dir)
    if (packed === undefined) throw new Error(`npm pack ${name}@${version} left no file`)
    const got = await integrityOf(path.join(dir, packed))
    if (got !== integrity) throw new Error(`${name}@${version} has the integrity ${got}, language.json asks for ${integrity}`)
    await rename(path.join(dir, packed), file) // so that a second builder sees it whole or not at all
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  return file
}

/**
 * @param {string} file
 * @returns {Promise<string | undefined>} undefined when there is no such file
 */
async function integrityOf (file) {
  try {
    return 'sha512-' + createHash('sha512').update(await readFile(file)).digest('base64')
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined
    throw error
  }
}
