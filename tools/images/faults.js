import { ARTIFACT_FIELDS, CONTENT_FIELDS, EXAMPLE_FIELDS, LANGUAGE_FIELDS, fieldFaults, isRecord } from './fields.js'

/** The example programs that every language has; languages/README.md says what each does. */
export const CASES = ['stdin', 'exit', 'broken', 'stderr', 'two']

/**
 * Faults of a parsed language.json, one sentence each; none when it is right.
 * @param {unknown} value
 * @param {string} folder the folder's name, which the language has to be called after
 * @returns {string[]}
 */
export function languageFaults (value, folder) {
  if (!isRecord(value)) return ['it is no JSON object']
  const language = /** @type {Record<string, any>} */ (value)
  const faults = fieldFaults(language, LANGUAGE_FIELDS, '')
  if (faults.length > 0) return faults
  if (language.name !== folder) faults.push(`name: is "${language.name}", but the folder is ${folder}`)
  for (const name of language.listed ?? []) {
    if (!(language.aliases ?? []).includes(name)) faults.push(`listed: "${name}" is none of the aliases`)
  }
  return [...faults, ...artifactFaults(language), ...exampleFaults(language.examples ?? {})]
}

/**
 * Faults of a parsed shared.json.
 * @param {unknown} value
 * @returns {string[]}
 */
export function sharedFaults (value) {
  if (!isRecord(value)) return ['it is no JSON object']
  const shared = /** @type {Record<string, unknown>} */ (value)
  const faults = fieldFaults(shared, CONTENT_FIELDS, '')
  return faults.length > 0 ? faults : artifactFaults(shared)
}

/** @param {Record<string, any>} value */
function artifactFaults (value) {
  const faults = []
  for (const kind of /** @type {const} */ (['npm', 'pypi', 'maven'])) {
    for (const [index, entry] of (value[kind] ?? []).entries()) {
      if (!isRecord(entry)) faults.push(`${kind}[${index}]: takes an object`)
      else faults.push(...fieldFaults(entry, ARTIFACT_FIELDS[kind], `${kind}[${index}].`))
      if (kind === 'npm' && isRecord(entry)) faults.push(...archFaults(entry, index))
    }
  }
  return faults
}

/**
 * @param {Record<string, unknown>} entry
 * @param {number} index
 */
function archFaults (entry, index) {
  const perArch = String(entry.name).includes('{arch}')
  if (perArch === isRecord(entry.integrity)) return []
  return [perArch
    ? `npm[${index}].integrity: takes one for each architecture, since the name has {arch}`
    : `npm[${index}].integrity: takes one text, since the name has no {arch}`]
}

/** @param {Record<string, unknown>} examples */
function exampleFaults (examples) {
  const faults = []
  for (const [name, value] of Object.entries(examples)) {
    const prefix = `examples.${name}`
    if (!isRecord(value)) {
      faults.push(`${prefix}: takes an object`)
      continue
    }
    const example = /** @type {Record<string, unknown>} */ (value)
    faults.push(...fieldFaults(example, EXAMPLE_FIELDS, `${prefix}.`))
    if (example.without !== undefined && Object.keys(example).length > 1) faults.push(`${prefix}: takes nothing beside "without"`)
    if (example.without !== undefined && !CASES.includes(name)) faults.push(`${prefix}.without: there needn't be such an example`)
    if (example.without !== undefined) continue
    if (name === 'broken' && example.message === undefined) faults.push(`${prefix}.message: is missing; takes what the language itself says`)
    if (!CASES.includes(name) && example.stdout === undefined) faults.push(`${prefix}.stdout: is missing; takes a text`)
  }
  return faults
}
