import semver from 'semver'

import type { ImageDescription } from '../../../runs/ports.js'

export interface Runtime {
  language: string
  /** A complete semantic version, because clients select runtimes by ranges of versions. */
  version: string
  aliases: string[]
  image: ImageDescription
}

export function runtimesOf (images: ImageDescription[]): Runtime[] {
  return images.flatMap((image) => image.language === undefined
    ? []
    : [{ language: image.language.name, version: semver.coerce(image.language.version)?.version ?? '0.0.0', aliases: image.language.aliases, image }])
}

/** Finds the runtime of a language whose version is in a range. Names take precedence over aliases. */
export function findRuntime (runtimes: Runtime[], language: string, range: string): Runtime | undefined {
  const matching = runtimes.filter(({ version }) => semver.satisfies(version, range))
  return matching.find((runtime) => runtime.language === language) ?? matching.find(({ aliases }) => aliases.includes(language))
}
