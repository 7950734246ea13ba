import type Docker from 'dockerode'

import { containerCreateFailed, containerRefused, imageNotAllowed } from '../errors.js'
import { languageOf, needsOf, PROTOCOL_LABEL, refOfLanguage } from '../protocol/image-labels.js'
import type { ImageChanges, ImageDescription, Images } from '../runs/ports.js'
import { isRejection, statusOf, toServiceError } from './engine-errors.js'
import type { Engine } from './engine.js'
import type { EventStream } from './event-stream.js'
import { dockerName, imageMatcher, podmanName } from './image-names.js'

/** Delay after the last of several events before the listeners are called, in milliseconds. */
const SETTLE_MS = 100
/**
 * Characters allowed in image names (distribution/reference). Other characters could change the path of the engine's
 * URL.
 */
const REF = /^\w([\w.:@/-]*\w)?$/
/** Maximum length of a name, because matching a pattern takes quadratic time in the worst case. */
const MAX_REF_LENGTH = 512

/** Caches the descriptions of the engine's images until an event reports a change. */
export class ImageCatalog implements Images, ImageChanges {
  readonly #engine: Engine
  readonly #events: EventStream
  readonly #allowed: string[]
  readonly #matchers: Array<(ref: string) => boolean>
  readonly #described = new Map<string, Promise<ImageDescription>>()
  readonly #listeners: Array<() => void> = []
  #languages: Promise<ImageDescription[]> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor (engine: Engine, events: EventStream, allowed: string[]) {
    this.#engine = engine
    this.#events = events
    this.#allowed = allowed
    this.#matchers = allowed.map(imageMatcher)
    events.onEvent(({ Type }) => { if (Type === 'image') this.#forget() })
    events.onGap(() => this.#forget())
  }

  async describe (ref: string): Promise<ImageDescription> {
    if (!this.#isAllowed(ref)) throw imageNotAllowed(ref, this.#allowed)
    return await (this.#described.get(ref) ?? this.#remember(ref))
  }

  async languages (): Promise<ImageDescription[]> {
    this.#languages ??= this.#list()
    const listing = this.#languages
    if (!this.#events.connected) this.#languages = undefined
    listing.catch(() => { if (this.#languages === listing) this.#languages = undefined })
    return await listing
  }

  #remember (ref: string): Promise<ImageDescription> {
    const description = this.#inspect(ref)
    if (this.#events.connected) {
      this.#described.set(ref, description)
      description.catch(() => { if (this.#described.get(ref) === description) this.#described.delete(ref) })
    }
    return description
  }

  onImagesChanged (listener: () => void): void {
    this.#listeners.push(listener)
  }

  #forget (): void {
    this.#described.clear()
    this.#languages = undefined
    // A build or a pull causes many events, so the listeners are notified once for all of them.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => { for (const listener of this.#listeners) listener() }, SETTLE_MS)
    this.#timer.unref()
  }

  async #inspect (ref: string): Promise<ImageDescription> {
    try {
      return descriptionOf(ref, await this.#find(ref))
    } catch (error) {
      if (statusOf(error) === 404) throw containerRefused(`The engine has no image ${ref}`, { cause: error })
      throw toServiceError(error, isRejection(error) ? containerRefused : containerCreateFailed)
    }
  }

  /** For a name without a registry, Podman searches only Docker Hub and not the images that were built on its machine. */
  async #find (ref: string): Promise<Docker.ImageInspectInfo> {
    const inspect = async (name: string) => await this.#engine.call<Docker.ImageInspectInfo>(() => this.#engine.docker.getImage(name).inspect())
    try {
      return await inspect(ref)
    } catch (error) {
      if (statusOf(error) !== 404 || ref === podmanName(ref)) throw error
      return await inspect(podmanName(ref)).catch(() => { throw error })
    }
  }

  async #list (): Promise<ImageDescription[]> {
    const images = await this.#engine.call<Docker.ImageInfo[]>((options) => this.#engine.docker.listImages({
      ...options, filters: { label: [PROTOCOL_LABEL] } as never
    })).catch((error) => { throw toServiceError(error, containerCreateFailed) })
    const refs = images.flatMap(({ RepoTags, Labels }) => {
      const ref = refOfLanguage(Labels)
      return RepoTags?.some((tag) => dockerName(tag) === ref) === true && this.#isAllowed(ref) ? [ref] : []
    })
    // The image may have been removed after it was listed.
    const described = await Promise.all(refs.sort().map((ref) => this.describe(ref).catch((error) => {
      if (statusOf((error as Error).cause) !== 404) throw error
    })))
    return described.filter((image) => image !== undefined)
  }

  #isAllowed (ref: string): boolean {
    return ref.length <= MAX_REF_LENGTH && REF.test(ref) && this.#matchers.some((matches) => matches(ref))
  }
}

function descriptionOf (ref: string, info: Docker.ImageInspectInfo): ImageDescription {
  const labels = info.Config.Labels ?? {}
  return {
    ref,
    id: info.Id,
    user: info.Config.User ?? '',
    language: languageOf(labels),
    ...needsOf(labels)
  }
}
