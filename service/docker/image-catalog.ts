import type Docker from 'dockerode'

import { containerCreateFailed, containerRefused, imageNotAllowed } from '../errors.js'
import type { ImageChanges, ImageDescription, Images, LanguageDescription } from '../runs/ports.js'
import type { EventStream } from './event-stream.js'
import { isRefusal, statusOf, type Engine } from './engine.js'

const SETTLE_MS = 100
const PROTOCOL_LABEL = 'runonce.protocol=1'
/** What image names are made of (distribution/reference); all else would be the engine's URL's business. */
const REF = /^\w([\w.:@/-]*\w)?$/
/** The match below takes the square of a name's length at worst. */
const LONGEST_REF = 512

/** What the engine's images are, remembered until an event says that some changed. */
export class ImageCatalog implements Images, ImageChanges {
  readonly #engine: Engine
  readonly #events: EventStream
  readonly #allowed: string[]
  readonly #patterns: RegExp[]
  readonly #described = new Map<string, Promise<ImageDescription>>()
  readonly #listeners: Array<() => void> = []
  #languages: Promise<ImageDescription[]> | undefined
  #told: NodeJS.Timeout | undefined

  constructor (engine: Engine, events: EventStream, allowed: string[]) {
    this.#engine = engine
    this.#events = events
    this.#allowed = allowed
    this.#patterns = allowed.map(patternOf)
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
    // A build or a pull is a burst of events; one telling is enough for all of it.
    clearTimeout(this.#told)
    this.#told = setTimeout(() => { for (const listener of this.#listeners) listener() }, SETTLE_MS)
    this.#told.unref()
  }

  async #inspect (ref: string): Promise<ImageDescription> {
    try {
      const info = await this.#engine.call<Docker.ImageInspectInfo>(() => this.#engine.docker.getImage(ref).inspect())
      return descriptionOf(ref, info)
    } catch (error) {
      if (statusOf(error) === 404) throw containerRefused(`There is no image ${ref} on this engine`, error)
      throw this.#engine.fault(error, isRefusal(error) ? containerRefused : containerCreateFailed)
    }
  }

  async #list (): Promise<ImageDescription[]> {
    const images = await this.#engine.call<Docker.ImageInfo[]>((options) => this.#engine.docker.listImages({
      ...options, filters: { label: [PROTOCOL_LABEL] } as never
    })).catch((error) => { throw this.#engine.fault(error, containerCreateFailed) })
    const refs = images.flatMap(({ RepoTags, Labels }) => {
      const ref = `runonce/${Labels?.['runonce.language']}:latest`
      return RepoTags?.includes(ref) === true && this.#isAllowed(ref) ? [ref] : []
    })
    // One that is gone by now is no fault of the others'.
    const described = await Promise.all(refs.sort().map((ref) => this.describe(ref).catch((error) => {
      if (statusOf((error as Error).cause) !== 404) throw error
    })))
    return described.filter((image) => image !== undefined)
  }

  #isAllowed (ref: string): boolean {
    return ref.length <= LONGEST_REF && REF.test(ref) && this.#patterns.some((pattern) => pattern.test(ref))
  }
}

/** `*` stands for anything but a slash; a pattern without a tag allows every tag and digest. */
function patternOf (pattern: string): RegExp {
  const tagged = pattern.lastIndexOf(':') > pattern.lastIndexOf('/')
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[^/]*')
  return new RegExp(`^${source}${tagged ? '' : '([:@][^/]*)?'}$`)
}

function descriptionOf (ref: string, info: Docker.ImageInspectInfo): ImageDescription {
  const labels = info.Config.Labels ?? {}
  return {
    ref,
    id: info.Id,
    user: info.Config.User ?? '',
    language: languageOf(labels),
    memoryBytes: numberOf(labels['runonce.memory']),
    processes: numberOf(labels['runonce.processes'])
  }
}

function languageOf (labels: Record<string, string>): LanguageDescription | undefined {
  if (labels['runonce.protocol'] !== '1') return undefined
  return {
    name: labels['runonce.language'] ?? '',
    aliases: wordsOf(labels['runonce.aliases']),
    listed: wordsOf(labels['runonce.listed']),
    version: labels['runonce.version'] ?? '',
    main: labels['runonce.main'] || 'main',
    hello: labels['runonce.hello'] ?? '',
    interactive: labels['runonce.interactive'] === 'true'
  }
}

function wordsOf (text = ''): string[] {
  return text.split(' ').filter((word) => word !== '')
}

function numberOf (text = ''): number | undefined {
  const value = Number(text)
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}
