import { ServiceError } from '../errors.js'
import type { ImageDescription, Images } from '../runs/ports.js'

export interface ResolvedImages {
  /** What the names stand for now, by image ID. */
  current: Map<string, ImageDescription>
  /** IDs of those that are to be kept ready. */
  kept: string[]
}

interface ResolverParts<Pool> {
  inUse: () => Pool[]
  /** @param asked what was in use when it was asked */
  resolved: (found: ResolvedImages, asked: Pool[]) => void
}

/** Asks what image names stand for, one asking at a time: an answer that is older could come last. */
export class Resolver<Pool extends { image: ImageDescription }> {
  /** It is not known, or may have changed. */
  #due = false
  #asking = false
  #closed = false

  /** @param keptRefs undefined: the images present whose label says that people call them most */
  constructor (private readonly images: Images, private readonly keptRefs: string[] | undefined, private readonly parts: ResolverParts<Pool>) {}

  /** Never rejects: where the engine does not answer it is due still. */
  async ask (): Promise<void> {
    this.#due = true
    await this.askIfDue()
  }

  async askIfDue (): Promise<void> {
    if (this.#asking) return
    this.#asking = true
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
      this.#asking = false
    }
  }

  close (): void {
    this.#closed = true
  }
}

/**
 * Asks what image names stand for. Names of images that are gone, or not allowed, or not ours, are left out.
 * @param keptRefs undefined: the images present whose label says that people call them most
 * @param otherRefs names in use besides
 * @throws ServiceError of a status from 500 on when the engine does not answer
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
