import { ServiceError } from '../errors.js'
import type { ImageDescription, Images } from '../run/ports.js'

export interface ResolvedImages {
  /** What the names stand for now, by image ID. */
  current: Map<string, ImageDescription>
  /** IDs of those that are to be kept ready. */
  kept: string[]
}

/**
 * Asks what image names stand for. Names of images that are gone, or not allowed, or not ours, are left out.
 * @param keptRefs undefined: the images present whose label says that people call them most
 * @param otherRefs names in use besides
 * @throws ServiceError of a status from 500 on when the engine does not answer
 */
export async function resolveImages (images: Images, keptRefs: string[] | undefined, otherRefs: string[]): Promise<ResolvedImages> {
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
