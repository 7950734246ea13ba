import { ServiceError } from '../errors.js'
import type { ImageDescription, Images } from '../runs/ports.js'

export interface ResolvedImages {
  /** The images to which the names currently refer, by ID. */
  current: Map<string, ImageDescription>
  /** IDs of the images to keep ready. */
  kept: string[]
}

interface ResolverParts<Pool> {
  inUse: () => Pool[]
  /** @param asked the images in use when the lookup started */
  resolved: (found: ResolvedImages, asked: Pool[]) => void
}

/**
 * Looks up the images to which names refer. Only one lookup runs at a time, because results could otherwise arrive
 * out of order.
 */
export class Resolver<Pool extends { image: ImageDescription }> {
  /** Whether names may have changed since the last lookup. */
  #due = false
  #active = false
  #closed = false

  /** @param keptRefs images to keep ready; if undefined, the images whose label marks them as interactive */
  constructor (private readonly images: Images, private readonly keptRefs: string[] | undefined, private readonly parts: ResolverParts<Pool>) {}

  /** Never rejects: if the engine does not respond, the lookup is repeated later. */
  async refresh (): Promise<void> {
    this.#due = true
    await this.refreshIfDue()
  }

  async refreshIfDue (): Promise<void> {
    if (this.#active) return
    this.#active = true
    try {
      while (this.#due && !this.#closed) {
        this.#due = false
        const asked = this.parts.inUse()
        const found = await resolveImages(this.images, this.keptRefs, asked.map(({ image }) => image.ref))
        if (!this.#closed) this.parts.resolved(found, asked)
      }
    } catch {
      this.#due = true
    } finally {
      this.#active = false
    }
  }

  close (): void {
    this.#closed = true
  }
}

/**
 * Omits names of images that are missing, not allowed or foreign.
 * @param otherRefs additional names in use
 * @throws ServiceError with a 5xx status if the engine does not respond
 */
async function resolveImages (images: Images, keptRefs: string[] | undefined, otherRefs: string[]): Promise<ResolvedImages> {
  const wanted = new Set(keptRefs ?? await interactiveRefs(images))
  const current = new Map<string, ImageDescription>()
  const kept: string[] = []
  for (const ref of new Set([...wanted, ...otherRefs])) {
    const image = await describe(images, ref)
    if (image?.language === undefined) continue
    current.set(image.id, image)
    if (wanted.has(ref)) kept.push(image.id)
  }
  return { current, kept }
}

async function interactiveRefs (images: Images): Promise<string[]> {
  return (await images.languages()).flatMap(({ ref, language }) => language?.interactive === true ? [ref] : [])
}

async function describe (images: Images, ref: string): Promise<ImageDescription | undefined> {
  try {
    return await images.describe(ref)
  } catch (error) {
    if (error instanceof ServiceError && error.statusCode < 500) return undefined
    throw error
  }
}
