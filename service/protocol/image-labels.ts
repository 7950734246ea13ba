import { invalidRequest, type ServiceError } from '../errors.js'

/** The label of images that implement the runner protocol. Its value is the version of the protocol. */
export const PROTOCOL_LABEL = 'runonce.protocol'

/** The first version of the protocol with events, cases, returned files, base64 files and interactive runs. */
const VERSION_2 = 2

type Labels = Record<string, string>

/** The description of a language from the labels of its image. */
export interface LanguageDescription {
  /** The version of the runner protocol that the image implements, at least 1. */
  protocol: number
  name: string
  aliases: string[]
  /** Aliases that `GET /api/languages` lists in addition to the name. */
  listed: string[]
  version: string
  /** The file name for a program that is sent without one. */
  main: string
  /** A program that prints a greeting. */
  hello: string
  /** Whether the pool keeps containers ready for this image by default. */
  interactive: boolean
  /** Whether the limits of a waiting container can be changed. False if its interpreter derives its heap size from the memory limit at start. */
  resizable: boolean
  /** Whether programs are built before they run. False for images without this label. */
  builds: boolean
}

/** Whether an image implements version 2 of the protocol. @param version undefined for a foreign image */
export function supportsVersion2 (version: number | undefined): boolean {
  return version !== undefined && version >= VERSION_2
}

/**
 * Returns the error for a request that requires version 2.
 * @param subject what requires it, with the verb, for example "payload.cases requires"
 */
export function unsupportedVersion (subject: string, image: string, version: number | undefined): ServiceError {
  const actual = version === undefined ? 'does not implement the protocol' : `implements version ${version}`
  return invalidRequest(`${subject} version ${VERSION_2} of the runner protocol, but the image ${image} ${actual}`)
}

/** @throws ServiceError `request.invalid` if an image does not support interactive runs */
export function checkInteractive ({ ref, language }: { ref: string, language: LanguageDescription | undefined }): void {
  if (!supportsVersion2(language?.protocol)) throw unsupportedVersion('Interactive runs require', ref, language?.protocol)
}

/** Reads the description of a language. Returns undefined if the image does not implement the runner protocol. */
export function languageOf (labels: Labels): LanguageDescription | undefined {
  const protocol = numberOf(labels[PROTOCOL_LABEL])
  if (protocol === undefined) return undefined
  return {
    protocol,
    name: labels['runonce.language'] ?? '',
    aliases: wordsOf(labels['runonce.aliases']),
    listed: wordsOf(labels['runonce.listed']),
    version: labels['runonce.version'] ?? '',
    main: labels['runonce.main'] || 'main',
    hello: labels['runonce.hello'] ?? '',
    interactive: labels['runonce.interactive'] === 'true',
    resizable: labels['runonce.resizable'] === 'true',
    builds: labels['runonce.builds'] === 'true'
  }
}

/** Returns the minimum memory in bytes and number of processes that the image needs, or undefined if the defaults are sufficient. */
export function needsOf (labels: Labels): { memoryBytes: number | undefined, processes: number | undefined } {
  return { memoryBytes: numberOf(labels['runonce.memory']), processes: numberOf(labels['runonce.processes']) }
}

/** Returns the default name of the image for a language. */
export function refOfLanguage (labels: Labels | undefined): string {
  return `runonce/${labels?.['runonce.language']}:latest`
}

function wordsOf (text = ''): string[] {
  return text.split(' ').filter((word) => word !== '')
}

function numberOf (text = ''): number | undefined {
  const value = Number(text)
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}
