import { encodePayload, payloadOfCode } from '../protocol/payload.js'
import { isInfrastructureError } from './node-health.js'
import type { ImageDescription, Images, Sandboxes } from './ports.js'
import { runInSandbox, type RunLimits } from './run-in-sandbox.js'

/** How many images may fail: a second one is tried, because the first may be broken itself. */
const MAX_FAILURES = 2
/** Time limit of the program. Milliseconds. */
const MAX_RUN_MS = 30_000

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
   * Runs the hello program of a language image in a new container. Without such an image there is nothing to run. Images that
   * fail for a reason of their own, as one that needs more memory than the service allows, are skipped.
   * @param suspect the image to try first, if it is a language image
   * @throws the last infrastructure error, where no image works
   * @throws the signal's reason when it aborts
   */
  async run (suspect: ImageDescription | undefined, signal: AbortSignal): Promise<void> {
    const languages = await this.#parts.images.languages()
    const first = languages.filter(({ ref }) => ref === suspect?.ref)
    const others = languages.filter(({ ref }) => ref !== suspect?.ref)
    const errors: unknown[] = []
    for (const image of [...first, ...others]) {
      signal.throwIfAborted()
      try {
        await this.#runHello(image, signal)
        return
      } catch (error) {
        if (isInfrastructureError(error)) errors.push(error)
      }
      if (errors.length === MAX_FAILURES) break
    }
    signal.throwIfAborted()
    if (errors.length > 0) throw errors.at(-1)
  }

  async #runHello (image: ImageDescription, signal: AbortSignal): Promise<void> {
    const { main = 'main', hello = '' } = image.language ?? {}
    const submission = encodePayload(payloadOfCode(main, hello, ''), { time: MAX_RUN_MS / 1000 })
    const sandbox = await this.#parts.sandboxes.lease(image)
    try {
      await runInSandbox(sandbox, { ...submission, image, signal }, this.#parts.limits)
    } finally {
      sandbox.retire()
    }
  }
}
