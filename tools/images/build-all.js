import path from 'node:path'
import { fileURLToPath } from 'node:url'
import Docker from 'dockerode'
import { withLock } from '../engine/lease.js'
import { ensureBase } from './base.js'
import { failureText } from './docker-build.js'
import { buildImage, buildRunner, buildShared, tagForGlot, upToDate } from './image.js'
import { listLanguages, readLanguage } from './language.js'
import { Progress } from './progress.js'
import { selectLanguages } from './select.js'

const IMAGES = fileURLToPath(new URL('../../runner-images', import.meta.url))
/** What one build may take of the engine's memory: a compiler, beside apt and tar. */
const BUILD_BYTES = 2 * 2 ** 30
/** Longer than another process may build the same image. */
const LOCK_MS = 60 * 60_000
const ARCHES = new Map([['x86_64', 'x64'], ['amd64', 'x64'], ['aarch64', 'arm64'], ['arm64', 'arm64']])

/** @typedef {import('./image.js').Built | {name: string, error: Error}} Result */

/**
 * Builds the named languages' images, all when none is named, as many at once as the engine's machine has processors and
 * memory for; one that fails holds up no other.
 * @param {object} options
 * @param {string} options.socketPath
 * @param {string[]} [options.names]
 * @param {boolean} [options.glotTags] whether each also gets the name of glot's image
 * @param {{write: (text: string) => unknown, isTTY?: boolean, columns?: number}} [options.out] where progress goes
 * @param {string} [options.imagesDir]
 * @returns {Promise<Result[]>} in the languages' order
 * @throws Error for an unknown name, and when there is no base image
 */
export async function buildAll ({ socketPath, names = [], glotTags = false, out = process.stdout, imagesDir = IMAGES }) {
  const selected = selectLanguages(names, await listLanguages(path.join(imagesDir, 'languages')))
  const docker = new Docker({ socketPath })
  const progress = new Progress(out)
  progress.start()
  try {
    const { Architecture, NCPU, MemTotal } = await docker.info()
    const arch = ARCHES.get(Architecture)
    if (arch === undefined) throw new Error(`no images for the engine's architecture, ${Architecture}`)
    let made = false
    const base = await ensureBase(docker, (step) => { made = true; progress.step('base', step) })
    if (made) progress.done('base', `${base.tag} is there`)
    const builder = { docker, imagesDir, base, arch }
    const stages = sharedStages(builder, progress)
    let ended = 0
    return await mapBounded(selected, buildsAtOnce(NCPU, MemTotal), (name) => buildOne(name))

    /** @param {string} name */
    async function buildOne (name) {
      try {
        const built = await withLock(`${socketPath}/${name}`, LOCK_MS, async () => await ensureImage(name),
          () => progress.step(name, 'another process builds it'))
        if (glotTags) await tagForGlot(builder, name)
        progress.done(name, `${counted()} ${built.fresh ? `built ${built.version}` : `up to date (${built.version})`}`.trimStart())
        return built
      } catch (thrown) {
        const error = /** @type {Error} */ (thrown)
        progress.done(name, `${counted()} ${failureText(error)}`.trimStart())
        return { name, error }
      }
    }

    /** @param {string} name */
    async function ensureImage (name) {
      const present = await upToDate(builder, name)
      if (present !== undefined) return present
      await stages(name)
      return await buildImage(builder, name, (step) => progress.step(name, step))
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
 * @param {number} processors the engine's
 * @param {number} memory its bytes
 */
export function buildsAtOnce (processors, memory) {
  return Math.max(1, Math.min(processors, Math.floor(memory / BUILD_BYTES)))
}

/**
 * What many images share is built once, before the first of them.
 * @param {import('./image.js').Builder} builder
 * @param {Progress} progress
 * @returns {(language: string) => Promise<void>} makes sure of it for a language
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
    throw new Error(`${name} does not build, see above`, { cause: error })
  }
}

/**
 * @template T, R
 * @param {T[]} items
 * @param {number} atOnce
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>} in the items' order
 */
export async function mapBounded (items, atOnce, work) {
  /** @type {R[]} */
  const results = new Array(items.length)
  const queue = [...items.entries()]
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1])
  }))
  return results
}
