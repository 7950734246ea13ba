import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'

import { dockerClient } from '../lib/docker-client.js'
import { withLock } from '../lib/lock.js'
import { ensureBase } from './base-image.js'
import { failureText } from './docker-build.js'
import { buildImage, tagForGlot, upToDate } from './build-image.js'
import { buildSet } from './build-set.js'
import { engineLimits } from './engine-limits.js'
import { Progress } from './progress.js'
import { installClients } from './registry-clients.js'
import { listSets, readSet, registriesOf, selectImages } from './sets.js'
import { Stages } from './stages.js'

/** The folder with the sources of all images. */
export const IMAGES = fileURLToPath(new URL('../../runner-images', import.meta.url))
/** Timeout for the lock of an image, in milliseconds. Another process that holds the lock may be building the image. */
const LOCK_MS = 60 * 60_000

/**
 * @typedef {import('./build-image.js').Built} Built
 * @typedef {Built | {name: string, error: Error}} Result
 *
 * @typedef {object} Options
 * @property {string} socketPath
 * @property {string[]} [names] if empty, all languages
 * @property {(names: string[]) => string[]} [order] sorts the names: the images are built in this order
 * @property {boolean} [glotTags] whether to tag each image with the name of glot's image as well
 * @property {{write: (text: string) => unknown, isTTY?: boolean, columns?: number}} [out] output stream for progress
 * @property {(result: Result, print: (text: string) => void) => void} [onResult] called after each image; `print` writes text above the progress lines
 * @property {AbortSignal} [signal] cancels the builds
 * @property {string} [imagesDir]
 */

/**
 * Builds the images of the named languages and package sets, or of all languages. The processors and the memory of the engine limit the number of
 * concurrent builds. A failed build does not stop the others.
 * @param {Options} options
 * @returns {Promise<Result[]>} in the order in which the builds were started
 * @throws Error if a name is unknown, the base image cannot be built or the signal cancels the builds
 */
export async function buildImages ({ socketPath, names = [], order = (all) => all, glotTags = false, out = process.stdout, onResult = () => {}, signal, imagesDir = IMAGES }) {
  const selected = order(await selectImages(names, imagesDir))
  const sets = await listSets(imagesDir)
  await installClients(await registriesOf(imagesDir, selected))
  const docker = dockerClient(socketPath)
  const progress = new Progress(out)
  const print = (/** @type {string} */ text) => progress.print(text)
  progress.start()
  try {
    const { arch, builds } = await engineLimits(docker)
    const builder = { docker, imagesDir, base: await readyBase(docker, progress, signal), arch, ...signal === undefined ? {} : { signal } }
    const { ensureLanguage, ensureSet } = imageMaker(builder, progress, socketPath)
    const counted = counter(selected.length)
    return await pLimit(builds).map(selected, async (name) => {
      const result = await buildOne(name)
      onResult(result, print)
      return result
    })

    /** @param {string} name @returns {Promise<Result>} */
    async function buildOne (name) {
      try {
        signal?.throwIfAborted()
        const isSet = sets.includes(name)
        const built = isSet ? await ensureSet(name) : await ensureLanguage(name)
        if (glotTags && !isSet) await tagForGlot(builder, name)
        progress.done(name, `${counted()} ${describe(built)}`.trimStart())
        return built
      } catch (thrown) {
        signal?.throwIfAborted()
        const error = /** @type {Error} */ (thrown)
        progress.done(name, `${counted()} ${failureText(error)}`.trimStart())
        return { name, error }
      }
    }
  } finally {
    progress.close()
  }
}

/** Returns a function whose calls return `[1 of total]`, `[2 of total]` and so on, or no text for one image. @param {number} total */
function counter (total) {
  let ended = 0
  return () => total > 1 ? `[${++ended} of ${total}]` : ''
}

/**
 * @param {import('dockerode')} docker
 * @param {Progress} progress
 * @param {AbortSignal | undefined} signal
 */
async function readyBase (docker, progress, signal) {
  let made = false
  const base = await ensureBase(docker, (step) => { made = true; progress.step('base', step) }, signal)
  if (made) progress.done('base', `${base.tag} is ready`)
  return base
}

/**
 * Builds images that are out of date. Only one process builds an image at a time.
 * @param {import('./build-image.js').Builder} builder
 * @param {Progress} progress
 * @param {string} socketPath
 */
function imageMaker (builder, progress, socketPath) {
  const stages = new Stages(builder, progress)
  return { ensureLanguage, ensureSet }

  /** @param {string} name */
  async function ensureLanguage (name) {
    return await locked(name, async () => {
      const present = await upToDate(builder, name)
      if (present !== undefined) return present
      const runner = stages.runner()
      await stages.packages(name)
      return await buildImage(builder, name, (step) => progress.step(name, step), runner)
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
