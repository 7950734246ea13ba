import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { removeTemporary } from '../lib/temporary.js'
import { PARTS, assembleContext, makeContextDir } from './build-context.js'
import { imageDigest } from './image-digest.js'
import { build, outputOf, removeOld } from './docker-build.js'
import { imageLabels, versionNumber } from './image-labels.js'
import { readLanguage, readShared } from './language.js'

/**
 * @typedef {import('dockerode')} Docker
 * @typedef {object} Builder
 * @property {Docker} docker
 * @property {string} imagesDir
 * @property {{tag: string, id: string}} base
 * @property {string} arch x64 or arm64
 * @property {AbortSignal} [signal] cancels the builds
 *
 * @typedef {object} Built
 * @property {string} name
 * @property {string} tag
 * @property {string} version
 * @property {number} bytes
 * @property {boolean} fresh true if the image was built now, false if it was up to date
 */

/**
 * Builds the stage of the runner, so that concurrent builds reuse it from the engine's cache.
 * @param {Builder} builder
 * @param {(step: string) => void} say
 */
export async function buildRunner (builder, say) {
  await withDir(await assembleContext({ imagesDir: builder.imagesDir, arch: builder.arch }), async (dir) => {
    const id = await build(builder, dir, { dockerfile: PARTS.runner, target: 'runner', buildargs: { BASE: builder.base.tag } }, say)
    await removeOld(builder.docker, 'runonce.stage=runner', id)
  })
}

/**
 * Builds the stage that is common to all languages with these shared folders. Does not need the runner.
 * @param {Builder} builder
 * @param {string[]} names names of folders in shared/; if empty, the stage of all languages
 * @param {(step: string) => void} say
 */
export async function buildShared (builder, names, say) {
  const shared = await readShared(builder.imagesDir, names)
  await withDir(await assembleContext({ imagesDir: builder.imagesDir, arch: builder.arch, sharedNames: names, shared }), async (dir) => {
    await build(builder, dir, { dockerfile: PARTS.packages, target: 'shared', buildargs: buildArguments(builder, shared) }, say)
  })
}

/**
 * @param {Builder} builder
 * @param {import('./language.js').Contents} shared
 * @param {import('./language.js').Contents} [own]
 */
function buildArguments (builder, shared, own = {}) {
  const words = (/** @type {string[] | undefined} */ list) => (list ?? []).join(' ')
  return {
    BASE: builder.base.tag,
    SHARED_PACKAGES: words(shared.packages),
    SHARED_EXCLUDE: words(shared.exclude),
    PACKAGES: words(own.packages),
    EXCLUDE: words(own.exclude)
  }
}

/**
 * @param {Builder} builder
 * @param {string} name
 * @returns {Promise<Built | undefined>} the image of the language if its digest equals the digest of a new build
 */
export async function upToDate (builder, name) {
  return await presentImage(builder.docker, name, await digestOf(builder, name))
}

/**
 * Finds an up-to-date image.
 * @param {Docker} docker
 * @param {string} name name of a language or a package set
 * @param {string} digest
 * @returns {Promise<Built | undefined>} the image if it has this digest
 */
export async function presentImage (docker, name, digest) {
  try {
    const image = await docker.getImage(tagOf(name)).inspect()
    const labels = image.Config.Labels ?? {}
    if (labels['runonce.digest'] !== digest) return undefined
    return { name, tag: tagOf(name), version: labels['runonce.version'] ?? '', bytes: image.Size, fresh: false }
  } catch (error) {
    if (/** @type {{statusCode?: number}} */ (error).statusCode === 404) return undefined
    throw error
  }
}

/**
 * Builds, labels and tags one language's image.
 * @param {Builder} builder
 * @param {string} name
 * @param {(step: string) => void} say
 * @param {Promise<void>} [runner] resolves when the stage of the runner is built. Until then, only the steps that do not need the runner are built.
 * @returns {Promise<Built>}
 */
export async function buildImage (builder, name, say, runner) {
  const { docker } = builder
  const { language, hello } = await readLanguage(path.join(builder.imagesDir, 'languages'), name)
  const digest = await digestOf(builder, name)
  const tag = tagOf(name)
  say('fetching and unpacking packages')
  const unlabelled = `runonce/${name}:unlabelled`
  const sharedNames = language.shared ?? []
  const shared = await readShared(builder.imagesDir, sharedNames)
  await withDir(await assembleContext({ imagesDir: builder.imagesDir, arch: builder.arch, sharedNames, shared, language }), async (dir) => {
    const buildargs = buildArguments(builder, shared, language)
    if (runner !== undefined) await build(builder, dir, { dockerfile: PARTS.packages, buildargs }, say)
    await runner
    await build(builder, dir, { t: unlabelled, buildargs }, say)
  })
  say('version')
  const version = versionNumber(await outputOf(docker, unlabelled, language.version))
  if (version === '') throw new Error(`"${language.version}" printed no version number`)
  say('labels')
  const labels = imageLabels(language, { version, hello, digest })
  await withDir(await labelContext(unlabelled), (dir) => build(builder, dir, { t: tag, labels }, () => {}))
  await docker.getImage(unlabelled).remove({ noprune: true })
  const image = await docker.getImage(tag).inspect()
  await removeOld(docker, `runonce.language=${name}`, image.Id)
  return { name, tag, version, bytes: image.Size, fresh: true }
}

/**
 * Tags the image of a language with the name of glot's image, so that a glot client can use it.
 * @param {Builder} builder
 * @param {string} name
 */
export async function tagForGlot ({ docker, imagesDir }, name) {
  const { language } = await readLanguage(path.join(imagesDir, 'languages'), name)
  await docker.getImage(tagOf(name)).tag({ repo: `glot/${language.glot ?? name}`, tag: 'latest' })
}

/** Returns the tag of an image. @param {string} name name of a language or a package set */
export function tagOf (name) {
  return `runonce/${name}:latest`
}

/**
 * Creates the context of a second build that only adds labels. The version is known only after the first build.
 * @param {string} from
 */
async function labelContext (from) {
  const dir = await makeContextDir()
  await writeFile(path.join(dir, 'Dockerfile'), `FROM ${from}\n`)
  return dir
}

/**
 * @template T
 * @param {string} dir path of a folder; removed after `use`
 * @param {(dir: string) => Promise<T>} use
 */
export async function withDir (dir, use) {
  try {
    return await use(dir)
  } finally {
    await removeTemporary(dir)
  }
}

/**
 * @param {Builder} builder
 * @param {string} name
 */
async function digestOf ({ imagesDir, base, arch }, name) {
  return await imageDigest({ imagesDir, name, base: base.id, arch })
}
