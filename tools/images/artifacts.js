import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-fs'

import { cached, runClient, sha256 } from './package-cache.js'
import { unzip } from './unzip.js'

const MAVEN_COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy'
/** Versions of Python and the C library in Debian 13. A wheel must be built for these versions or older ones. */
const PYTHON = '3.13'
const NEWEST_GLIBC = 41
const MACHINES = new Map([['x64', 'x86_64'], ['arm64', 'aarch64']])
/**
 * @typedef {import('./language.js').Contents} Contents
 * @typedef {import('./language.js').NpmPackage} NpmPackage
 * @typedef {import('./language.js').PypiPackage} PypiPackage
 * @typedef {import('./language.js').MavenArtifact} MavenArtifact
 */

/**
 * Places the packages of all registries under `into`. Fetches packages that are not in the cache.
 * @param {Contents} contents
 * @param {string} arch x64 or arm64
 * @param {string} into
 */
export async function putArtifacts ({ npm = [], pypi = [], maven = [] }, arch, into) {
  for (const entry of npm) await putNpm(entry, arch, into)
  for (const entry of pypi) await putPypi(entry, arch, into)
  for (const entry of maven) await putMaven(entry, into)
}

/**
 * Returns an npm package for one architecture.
 * @param {NpmPackage} entry
 * @param {string} arch
 * @returns {{name: string, version: string, integrity: string, folder: string, files: string[] | undefined}}
 * @throws Error if the package has no build for this architecture
 */
export function resolvePackage (entry, arch) {
  const integrity = forArch(entry.integrity, arch)
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
 * @param {NpmPackage} entry
 * @param {string} arch
 * @param {string} into
 */
async function putNpm (entry, arch, into) {
  const { name, version, integrity, folder, files } = resolvePackage(entry, arch)
  const title = `${name}@${version}`
  const wanted = { title, file: `${name.replace('@', '').replace('/', '-')}-${version}.tgz`, checksum: integrity }
  const file = await cached(wanted, sha512Integrity, (dir) => runClient('npm', ['pack', title, '--silent', '--pack-destination', dir], title, dir))
  const target = path.join(into, folder)
  // The types of tar-fs lack `chown`. Without `chown: false`, a root user would restore the owners recorded in the archive.
  const options = /** @type {import('tar-fs').ExtractOptions} */ ({
    strip: 1, readable: true, chown: false, ignore: (entry) => files !== undefined && !files.includes(path.relative(target, entry).split('/')[0] ?? '')
  })
  await pipeline(createReadStream(file), createGunzip(), extract(target, options))
}

/**
 * @param {PypiPackage} entry
 * @param {string} arch
 * @param {string} into
 */
async function putPypi ({ name, version, sha256: checksums, files }, arch, into) {
  const title = `${name}==${version}`
  const checksum = forArch(checksums, arch)
  if (checksum === undefined) throw new Error(`${title} has no sha256 for ${arch}`)
  const wanted = { title, file: `${name}-${version}-${checksum.slice(0, 8)}.whl`, checksum }
  const file = await cached(wanted, sha256, (dir) => runClient('pypi', pipArguments(title, arch, dir), title, dir))
  await unzip(file, path.join(into, name), (each) => isKept(each, files))
}

/**
 * Returns the arguments for downloading a wheel.
 * @param {string} title
 * @param {string} arch
 * @param {string} dir
 * @returns {string[]} pip arguments that download the wheel for the images instead of this host
 */
export function pipArguments (title, arch, dir) {
  const machine = MACHINES.get(arch)
  const platforms = [`linux_${machine}`, `manylinux2014_${machine}`, `manylinux2010_${machine}`, `manylinux1_${machine}`]
  for (let minor = 5; minor <= NEWEST_GLIBC; minor++) platforms.push(`manylinux_2_${minor}_${machine}`)
  return [
    'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--python-version', PYTHON,
    ...platforms.flatMap((platform) => ['--platform', platform]), '--dest', dir, title
  ]
}

/**
 * @param {MavenArtifact} entry
 * @param {string} into
 */
async function putMaven ({ artifact, sha256: checksum }, into) {
  const [group, name, version] = artifact.split(':')
  const wanted = { title: artifact, file: `${group}-${name}-${version}.jar`, checksum }
  const file = await cached(wanted, sha256, (dir) =>
    runClient('maven', ['--batch-mode', '--quiet', MAVEN_COPY, `-Dartifact=${artifact}`, `-DoutputDirectory=${dir}`], artifact, dir))
  await mkdir(path.join(into, 'maven'), { recursive: true })
  await copyFile(file, path.join(into, 'maven', `${name}-${version}.jar`))
}

/**
 * @param {string | Record<string, string>} value one value for all architectures, or one value per architecture
 * @param {string} arch
 */
function forArch (value, arch) {
  return typeof value === 'string' ? value : value[arch]
}

/** @param {Buffer} content */
function sha512Integrity (content) {
  return 'sha512-' + createHash('sha512').update(content).digest('base64')
}

/**
 * @param {string} file
 * @param {string[] | undefined} kept
 * @returns {boolean} whether the file is one of the kept paths or under one of them
 */
function isKept (file, kept) {
  return kept === undefined || kept.some((name) => `${file}/`.startsWith(`${name}/`))
}
