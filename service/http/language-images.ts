import { unsupportedLanguage } from '../errors.js'
import type { ImageDescription } from '../runs/ports.js'

/** Finds the image for the name or alias of a language. Names take precedence. @throws ServiceError `language.unsupported` */
export function imageOfLanguage (present: ImageDescription[], name: string): ImageDescription {
  const wanted = name.toLowerCase()
  const found = present.find(({ language }) => language?.name === wanted) ??
    present.find(({ language }) => language?.aliases.includes(wanted))
  if (found === undefined) throw unsupportedLanguage(name, listedNames(present))
  return found
}

export function listedNames (present: ImageDescription[]): string[] {
  return present.flatMap(({ language }) => language === undefined ? [] : [language.name, ...language.listed]).sort()
}
