import { createHash } from 'node:crypto'
import { readFile, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { imageJson, isInImage } from './language.js'

/** Version of the build procedure. Increase it after a change of the builder, so that all images are rebuilt. */
export const FORMAT = '1'

/** Files that are part of every build, in addition to the runner. */
export const RECIPE = ['Dockerfile', 'packages.sh', 'any-name']

/** Files and folders of the runner that are not part of an image. */
const NOT_RUNNER = new Set(['out', 'tests', 'fuzz', 'README.md'])

/**
 * Computes the digest of all input files of an image: paths, contents and executable bits, without timestamps.
 * @param {object} parts
 * @param {string} parts.imagesDir path of the folder with the Dockerfile, runner/, shared/ and languages/
 * @param {string} parts.name name of the language
 * @param {string} parts.base ID of the base image
 * @param {string} parts.arch
 * @returns {Promise<string>} hex
 */
export async function imageDigest ({ imagesDir, name, base, arch }) {
  const hash = createHash('sha256')
  hash.update(`${FORMAT}\0${base}\0${arch}\0`)
  const folder = path.join('languages', name)
  const language = JSON.parse(await readFile(path.join(imagesDir, folder, 'language.json'), 'utf8'))
  const files = [...RECIPE, ...await runnerFiles(imagesDir), ...await folderFiles(imagesDir, folder)]
  for (const shared of language.shared ?? []) files.push(...await folderFiles(imagesDir, path.join('shared', shared)))
  for (const file of files) {
    const whole = await readFile(path.join(imagesDir, file))
    const content = file === path.join(folder, 'language.json') ? Buffer.from(imageJson(language)) : whole
    const executable = ((await stat(path.join(imagesDir, file))).mode & 0o100) !== 0
    hash.update(`${file}\0${executable ? 'x' : '-'}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/**
 * Lists the files of a folder that an image contains.
 * @param {string} imagesDir
 * @param {string} folder folder of a language, or shared folder, relative to `imagesDir`
 * @returns {Promise<string[]>} the files that are part of an image, relative to `imagesDir`, sorted
 */
export async function folderFiles (imagesDir, folder) {
  return (await filesBelow(imagesDir, folder)).filter((file) => isInImage(path.relative(folder, file)))
}

/**
 * Lists the source files of the runner.
 * @param {string} imagesDir
 * @returns {Promise<string[]>} the source files of the runner, relative to `imagesDir`, sorted
 */
export async function runnerFiles (imagesDir) {
  const files = await filesBelow(imagesDir, 'runner')
  return files.filter((file) => !NOT_RUNNER.has(file.split(path.sep)[1] ?? ''))
}

/**
 * @param {string} root
 * @param {string} dir path relative to `root`
 * @returns {Promise<string[]>} paths relative to `root`, sorted
 */
async function filesBelow (root, dir) {
  const entries = await readdir(path.join(root, dir), { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort()
}
