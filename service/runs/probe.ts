import type { MaximumLimits } from '../protocol/limits.js'
import { encodePayload, payloadOfCode } from '../protocol/payload.js'
import { isInfrastructureError } from './node-health.js'
import type { ImageDescription, Images, Sandboxes } from './ports.js'
import { runInSandbox } from './run-in-sandbox.js'

/** Maximum number of images that a probe tries. The second image is tried because the first one may be broken. */
const MAX_FAILURES = 2
/** Time limit of the program, in milliseconds. */
const MAX_RUN_MS = 30_000

interface ProbeParts {
  images: Images
  /** Creates containers. The pool is not used, because its containers may work although new ones fail. */
  sandboxes: Sandboxes
  limits: MaximumLimits
}

/** Finds out whether runs work by running a program. */
export class Probe {
  readonly #parts: ProbeParts

  constructor (parts: ProbeParts) {
    this.#parts = parts
  }

  /**
   * Runs the hello program of a language image in a new container. If no language image exists, does nothing. Skips
   * images that fail for a reason specific to the image, for example because they need more memory than the service
   * allows.
   * @param suspect the image to try first, if it is a language image
   * @returns whether the program completed; undefined if no image could be tried
   * @throws the last infrastructure error if no image works
   * @throws the reason of the signal when it aborts
   */
  async run (suspect: ImageDescription | undefined, signal: AbortSignal): Promise<boolean | undefined> {
    const languages = await this.#parts.images.languages()
    const first = languages.filter(({ ref }) => ref === suspect?.ref)
    const others = languages.filter(({ ref }) => ref !== suspect?.ref)
    const errors: unknown[] = []
    for (const image of [...first, ...others]) {
      signal.throwIfAborted()
      try {
        return await this.#runHello(image, signal)
      } catch (error) {
        if (isInfrastructureError(error)) errors.push(error)
      }
      if (errors.length === MAX_FAILURES) break
    }
    signal.throwIfAborted()
    if (errors.length > 0) throw errors.at(-1)
    return undefined
  }

  async #runHello (image: ImageDescription, signal: AbortSignal): Promise<boolean> {
    const { main = 'main', hello = '', protocol = 1 } = image.language ?? {}
    const submission = encodePayload(payloadOfCode(main, hello, ''), {
      requested: { time: MAX_RUN_MS / 1000 }, maximum: this.#parts.limits, version: protocol
    })
    const sandbox = await this.#parts.sandboxes.lease(image)
    try {
      return (await runInSandbox(sandbox, { ...submission, image, signal }))?.result.outcome === 'completed'
    } finally {
      sandbox.retire()
    }
  }
}
