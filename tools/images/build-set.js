import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { removeTemporary } from '../lib/temporary.js'
import { putArtifacts } from './artifacts.js'
import { makeContextDir } from './build-context.js'
import { presentImage, tagOf, withDir } from './build-image.js'
import { build, removeOld } from './docker-build.js'
import { imageLabels } from './image-labels.js'
import { imageJson } from './language.js'
import { readSet } from './sets.js'

/** Version of the build procedure. Increase it after a change of the builder, so that all sets are rebuilt. */
const FORMAT = '2'

/**
 * @typedef {import('./build-image.js').Builder} Builder
 * @typedef {import('./build-image.js').Built} Built
 * @typedef {import('./sets.js').PackageSet} PackageSet
 */

/**
 * Builds the image of a package set, unless it is up to date. The image is based on the language's image, which must exist.
 * @param {Builder} builder
 * @param {string} name
 * @param {(step: string) => void} say
 * @returns {Promise<Built>}
 */
export async function buildSet (builder, name, say) {
  const { docker, imagesDir } = builder
  const { set, language, hello } = await readSet(imagesDir, name)
  const baseLabels = (await docker.getImage(tagOf(set.base)).inspect()).Config.Labels ?? {}
  const version = baseLabels['runonce.version'] ?? ''
  const digest = await setDigest(imagesDir, set, baseLabels['runonce.digest'] ?? '')
  const present = await presentImage(docker, name, digest)
  if (present !== undefined) return present

  say('fetching and unpacking packages')
  const options = { t: tagOf(name), buildargs: { BASE: tagOf(set.base) }, labels: imageLabels(language, { version, hello, digest }) }
  await withDir(await setContext(builder, set, language), async (dir) => await build(builder, dir, options, say))
  const image = await docker.getImage(tagOf(name)).inspect()
  await removeOld(docker, `runonce.language=${name}`, image.Id)
  return { name, tag: tagOf(name), version, bytes: image.Size, fresh: true }
}

/**
 * @param {Builder} builder
 * @param {PackageSet} set
 * @param {import('./language.js').Language} language
 * @returns {Promise<string>} path of a temporary folder; the caller removes it
 */
async function setContext ({ imagesDir, arch }, set, language) {
  const dir = await makeContextDir()
  try {
    await copyFile(path.join(imagesDir, 'sets/Dockerfile'), path.join(dir, 'Dockerfile'))
    await putPackages(set, arch, dir)
    await writeFile(path.join(dir, 'setup.sh'), (set.setup ?? []).map((command) => `${command}\n`).join(''))
    // A payload may also use the name of the base language.
    await writeFile(path.join(dir, 'language.json'), imageJson({ ...language, aliases: [...language.aliases ?? [], set.base] }))
  } catch (error) {
    await removeTemporary(dir)
    throw error
  }
  return dir
}

/**
 * Unpacks the wheels of a set into one folder, as pip does, without the tests of the packages.
 * @param {PackageSet} set
 * @param {string} arch
 * @param {string} dir path of the build context
 */
async function putPackages ({ pypi }, arch, dir) {
  const wheels = path.join(dir, 'wheels')
  const packages = path.join(dir, 'packages')
  await mkdir(wheels)
  await mkdir(packages)
  await putArtifacts({ pypi }, arch, wheels)
  for (const wheel of await readdir(wheels)) {
    for (const entry of await readdir(path.join(wheels, wheel))) await rename(path.join(wheels, wheel, entry), path.join(packages, entry))
  }
  for (const entry of await readdir(packages, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory() && entry.name === 'tests') await rm(path.join(entry.parentPath, entry.name), { recursive: true, force: true })
  }
}

/**
 * @param {string} imagesDir
 * @param {PackageSet} set
 * @param {string} baseDigest digest of the language's image
 * @returns {Promise<string>} the digest in hex; it changes with each input of the image
 */
async function setDigest (imagesDir, { examples, ...set }, baseDigest) {
  const recipe = await readFile(path.join(imagesDir, 'sets/Dockerfile'), 'utf8')
  return createHash('sha256').update(JSON.stringify([FORMAT, baseDigest, recipe, set])).digest('hex')
}
