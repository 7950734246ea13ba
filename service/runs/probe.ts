import { encodePayload, payloadOfCode } from '../protocol/payload.js'
import type { ImageDescription, Images, Sandboxes } from './ports.js'
import { runInSandbox, type RunLimits } from './run-in-sandbox.js'

/** How many images are tried: a second one, because the first may be broken itself. */
const MAX_IMAGES = 2

interface ProbeParts {
  images: Images
  /** Creates containers; not the pool, whose containers may still work where new ones fail. */
  sandboxes: Sandboxes
  limits: RunLimits
}

/** Finds out whether runs work, by a run of its own. */
export class Probe {
  readonly #parts: ProbeParts

  constructor (parts: ProbeParts) {
    this.#parts = parts
  }

  /**
   * Runs the hello program of a language image in a new container. Without such an image there is nothing to run.
   * @param suspect the image to try first, if it is a language image
   * @throws what the last run throws, where no image works
   */
  async run (suspect: ImageDescription | undefined, signal: AbortSignal): Promise<void> {
    const languages = await this.#parts.images.languages()
    const first = languages.filter(({ ref }) => ref === suspect?.ref)
    const others = languages.filter(({ ref }) => ref !== suspect?.ref)
    const errors: unknown[] = []
    for (const image of [...first, ...others].slice(0, MAX_IMAGES)) {
      signal.throwIfAborted()
      try {
        await this.#runHello(image, signal)
        return
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors.at(-1)
  }

  async #runHello (image: ImageDescription, signal: AbortSignal): Promise<void> {
    const { main = 'main', hello = '' } = image.language ?? {}
    const sandbox = await this.#parts.sandboxes.lease(image)
    try {
      await runInSandbox(sandbox, { ...encodePayload(payloadOfCode(main, hello, '')), image, signal }, this.#parts.limits)
    } finally {
      sandbox.retire()
    }
  }
}
