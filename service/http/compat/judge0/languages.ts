import type { ImageDescription } from '../../../runs/ports.js'
import { JUDGE0_LANGUAGES } from './language-ids.js'

export interface Judge0Language {
  id: number
  name: string
  /** Whether Judge0 has archived the language, or no image for the language is present. */
  archived: boolean
  image: ImageDescription | undefined
}

/** All languages, sorted by name. Sorting takes longer than the rest of a request. */
const SORTED = [...JUDGE0_LANGUAGES].sort((a, b) => a.name.localeCompare(b.name, 'en', { ignorePunctuation: true }))

/** Returns all languages of Judge0 CE, sorted by name, with the images that run their programs. */
export function languagesOf (images: ImageDescription[]): Judge0Language[] {
  const byName = new Map(images.map((image) => [image.language?.name, image]))
  return SORTED.map(({ language, archived, ...rest }) => {
    const image = language === undefined ? undefined : byName.get(language)
    return { ...rest, archived: archived || image === undefined, image }
  })
}

export function languageName (id: number): string {
  return JUDGE0_LANGUAGES.find((each) => each.id === id)?.name ?? ''
}

/** Describes a language as Judge0 does. The commands are names of the steps, because images do not publish their commands. */
export function languageDetails ({ id, name, archived, image }: Judge0Language) {
  const language = image?.language
  return {
    id,
    name,
    is_archived: archived,
    source_file: language?.main ?? null,
    compile_cmd: language?.builds === true ? `build %s ${language.main}` : null,
    run_cmd: language === undefined ? null : `run ${language.main}`
  }
}
