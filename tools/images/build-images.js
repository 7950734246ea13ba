import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'

import { dockerClient } from '../lib/docker-client.js'
import { withLock } from '../lib/lock.js'
import { ensureBase } from './base-image.js'
import { failureText } from './docker-build.js'
import { buildImage, buildRunner, buildShared, tagForGlot, upToDate } from './build-image.js'
import { listLanguages, readLanguage, registriesOf } from './language.js'
import { Progress } from './progress.js'
import { installClients } from './registry-clients.js'
import { selectLanguages } from './select-languages.js'

const IMAGES = fileURLToPath(new URL('../../runner-images', import.meta.url))
/** The memory that one build may need: it runs a compiler. */
const BUILD_BYTES = 2 * 2 ** 30
/** Another process may build the same image meanwhile. */
const LOCK_MS = 60 * 60_000
const ARCHES = new Map([['x86_64', 'x64'], ['amd64', 'x64'], ['aarch64', 'arm64'], ['arm64', 'arm64']])

/** @typedef {import('./build-image.js').Built | {name: string, error: Error}} Result */

/**
 * Builds the images of the named languages, or of all. The engine's processors and memory limit how many builds run at a time. A build that
 * fails does not stop the others.
 * @param {object} options
 * @param {string} options.socketPath
 * @param {string[]} [options.names]
 * @param {boolean} [options.glotTags] whether to give each image the name of glot's image, too
 * @param {{write: (text: string) => unknown, isTTY?: boolean, columns?: number}} [options.out] where progress goes
 * @param {string} [options.imagesDir]
 * @returns {Promise<Result[]>} in the languages' order
 * @throws Error for an unknown name, or when there is no base image
 */
export async function buildImages ({ socketPath, names = [], glotTags = false, out = process.stdout, imagesDir = IMAGES }) {
  const selected = selectLanguages(names, await listLanguages(path.join(imagesDir, 'languages')))
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
    const stages = sharedStages(builder, progress)
    let ended = 0
    return await pLimit(concurrentBuilds(NCPU, MemTotal)).map(selected, (name) => buildOne(name))

    /** @param {string} name */
    async function buildOne (name) {
      try {
        const built = await withLock(`${socketPath}/${name}`, LOCK_MS, async () => await ensureImage(name),
          () => progress.step(name, 'waiting: another process builds it'))
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
export function concurrentBuilds (processors, memory) {
  return Math.max(1, Math.min(processors, Math.floor(memory / BUILD_BYTES)))
}

/**
 * Builds the stages that several images share, each once, before the first image that needs it.
 * @param {import('./build-image.js').Builder} builder
 * @param {Progress} progress
 * @returns {(language: string) => Promise<void>} builds the stages of a language
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
    throw new Error(`the shared stage ${name} does not build, see above`, { cause: error })
  }
}
