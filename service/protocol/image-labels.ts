/** The label of images that speak our protocol, as a filter of the engine's image list. */
export const PROTOCOL_LABEL = 'runonce.protocol=1'

type Labels = Record<string, string>

/** A language image's description of itself. */
export interface LanguageDescription {
  name: string
  aliases: string[]
  /** Aliases that are listed beside the name. */
  listed: string[]
  version: string
  /** The file name of a program that comes without one. */
  main: string
  /** A program that prints a greeting. */
  hello: string
  /** Used most: the pool keeps containers ready unless configured otherwise. */
  interactive: boolean
}

/** Undefined where the image does not speak our protocol. */
export function languageOf (labels: Labels): LanguageDescription | undefined {
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

/** The memory, in bytes, and processes that the image needs at least; undefined: the defaults are enough. */
export function needsOf (labels: Labels): { memoryBytes: number | undefined, processes: number | undefined } {
  return { memoryBytes: numberOf(labels['runonce.memory']), processes: numberOf(labels['runonce.processes']) }
}

/** The name under which a language's image serves that language. */
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
