import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'

import { dockerClient } from '../lib/docker-client.js'
import { withLock } from '../lib/lock.js'
import { ensureBase } from './base-image.js'
import { failureText } from './docker-build.js'
import { buildImage, buildRunner, buildShared, tagForGlot, upToDate } from './build-image.js'
import { buildSet } from './build-set.js'
import { readLanguage } from './language.js'
import { Progress } from './progress.js'
import { installClients } from './registry-clients.js'
import { listSets, readSet, registriesOf, selectImages } from './sets.js'

const IMAGES = fileURLToPath(new URL('../../runner-images', import.meta.url))
/** Memory required for one build, in bytes: each build runs a compiler. */
const BUILD_BYTES = 2 * 2 ** 30
/** Timeout for the lock of an image, in milliseconds. Another process that holds the lock may be building the image. */
const LOCK_MS = 60 * 60_000
const ARCHES = new Map([['x86_64', 'x64'], ['amd64', 'x64'], ['aarch64', 'arm64'], ['arm64', 'arm64']])

/**
 * @typedef {import('./build-image.js').Built} Built
 * @typedef {Built | {name: string, error: Error}} Result
 */

/**
 * Builds the images of the named languages and package sets, or of all languages. The processors and the memory of the engine limit the number of
 * concurrent builds. A failed build does not stop the others.
 * @param {object} options
 * @param {string} options.socketPath
 * @param {string[]} [options.names]
 * @param {boolean} [options.glotTags] whether to tag each image with the name of glot's image as well
 * @param {{write: (text: string) => unknown, isTTY?: boolean, columns?: number}} [options.out] output stream for progress
 * @param {string} [options.imagesDir]
 * @returns {Promise<Result[]>} in the order of the languages
 * @throws Error if a name is unknown or the base image cannot be built
 */
export async function buildImages ({ socketPath, names = [], glotTags = false, out = process.stdout, imagesDir = IMAGES }) {
  const selected = await selectImages(names, imagesDir)
  const sets = await listSets(imagesDir)
  await installClients(await registriesOf(imagesDir, selected))
  const docker = dockerClient(socketPath)
  const progress = new Progress(out)
  progress.start()
  try {
    const { Architecture, NCPU, MemTotal } = await docker.info()
    const arch = ARCHES.get(Architecture)
    if (arch === undefined) throw new Error(`the engine's architecture is ${Architecture}; the images support x86_64 and aarch64`)
    let made = false
    const base = await ensureBase(docker, (step) => { made = true; progress.step('base', step) })
    if (made) progress.done('base', `${base.tag} is ready`)
    const builder = { docker, imagesDir, base, arch }
    const { ensureLanguage, ensureSet } = imageMaker(builder, progress, socketPath)
    let ended = 0
    return await pLimit(concurrentBuilds(NCPU, MemTotal)).map(selected, (name) => buildOne(name))

    /** @param {string} name */
    async function buildOne (name) {
      try {
        const isSet = sets.includes(name)
        const built = isSet ? await ensureSet(name) : await ensureLanguage(name)
        if (glotTags && !isSet) await tagForGlot(builder, name)
        progress.done(name, `${counted()} ${describe(built)}`.trimStart())
        return built
      } catch (thrown) {
        const error = /** @type {Error} */ (thrown)
        progress.done(name, `${counted()} ${failureText(error)}`.trimStart())
        return { name, error }
      }
    }

    function counted () {
      ended++
      return selected.length > 1 ? `[${ended} of ${selected.length}]` : ''
    }
  } finally {
    progress.close()
  }
}

/**
 * Returns how many builds can run at the same time.
 * @param {number} processors number of processors of the engine
 * @param {number} memory memory of the engine in bytes
 */
export function concurrentBuilds (processors, memory) {
  return Math.max(1, Math.min(processors, Math.floor(memory / BUILD_BYTES)))
}

/**
 * Builds images that are out of date. Only one process builds an image at a time.
 * @param {import('./build-image.js').Builder} builder
 * @param {Progress} progress
 * @param {string} socketPath
 */
function imageMaker (builder, progress, socketPath) {
  const stages = sharedStages(builder, progress)
  return { ensureLanguage, ensureSet }

  /** @param {string} name */
  async function ensureLanguage (name) {
    return await locked(name, async () => {
      const present = await upToDate(builder, name)
      if (present !== undefined) return present
      await stages(name)
      return await buildImage(builder, name, (step) => progress.step(name, step))
    })
  }

  /** @param {string} name */
  async function ensureSet (name) {
    const { base } = (await readSet(builder.imagesDir, name)).set
    progress.done(base, describe(await ensureLanguage(base)))
    return await locked(name, async () => await buildSet(builder, name, (step) => progress.step(name, step)))
  }

  /**
   * @param {string} name
   * @param {() => Promise<Built>} work
   */
  async function locked (name, work) {
    return await withLock(`${socketPath}/${name}`, LOCK_MS, work, () => progress.step(name, 'waiting: another process is building it'))
  }
}

/** @param {Built} image */
function describe ({ fresh, version }) {
  return fresh ? `built ${version}` : `up to date (${version})`
}

/**
 * Builds each stage that several images share once, before the first image that requires it.
 * @param {import('./build-image.js').Builder} builder
 * @param {Progress} progress
 * @returns {(language: string) => Promise<void>} a function that builds the stages of a language
 */
function sharedStages (builder, progress) {
  /** @type {Map<string, Promise<void>>} */
  const made = new Map()
  return async (language) => {
    await once('runner', (say) => buildRunner(builder, say))
    const { shared = [] } = (await readLanguage(path.join(builder.imagesDir, 'languages'), language)).language
    if (shared.length > 0) await once(shared.join('+'), (say) => buildShared(builder, shared, say))
  }

  /**
   * @param {string} name
   * @param {(say: (step: string) => void) => Promise<void>} make
   */
  async function once (name, make) {
    if (!made.has(name)) made.set(name, ensureStage(name, progress, make))
    await made.get(name)
  }
}

/**
 * @param {string} name
 * @param {Progress} progress
 * @param {(say: (step: string) => void) => Promise<void>} make
 */
async function ensureStage (name, progress, make) {
  try {
    await make((step) => progress.step(name, step))
    progress.done(name, 'built')
  } catch (error) {
    progress.done(name, failureText(/** @type {Error} */ (error)))
    throw new Error(`the build of the shared stage ${name} failed; see the errors above`, { cause: error })
  }
}
