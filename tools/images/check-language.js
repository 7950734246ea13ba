import { ARTIFACT_FIELDS, CONTENT_FIELDS, EXAMPLE_FIELDS, LANGUAGE_FIELDS, SET_FIELDS, fieldErrors, isRecord } from './field-checks.js'

/** The example programs that every language must have: see runner-images/languages/README.md. */
export const CASES = ['stdin', 'exit', 'broken', 'stderr', 'two']

/**
 * Checks a parsed language.json.
 * @param {unknown} value
 * @param {string} folder name of the folder; must equal the name of the language
 * @returns {string[]} one message per error
 */
export function languageErrors (value, folder) {
  if (!isRecord(value)) return ['it is not a JSON object']
  const language = /** @type {Record<string, any>} */ (value)
  const errors = fieldErrors(language, LANGUAGE_FIELDS, '')
  if (errors.length > 0) return errors
  if (language.name !== folder) errors.push(`name: is "${language.name}", but the folder name is "${folder}"`)
  for (const name of language.listed ?? []) {
    if (!(language.aliases ?? []).includes(name)) errors.push(`listed: "${name}" is not one of the aliases`)
  }
  return [...errors, ...artifactErrors(language), ...exampleErrors(language.examples ?? {})]
}

/**
 * Checks a parsed shared.json.
 * @param {unknown} value
 * @returns {string[]}
 */
export function sharedErrors (value) {
  if (!isRecord(value)) return ['it is not a JSON object']
  const shared = /** @type {Record<string, unknown>} */ (value)
  const errors = fieldErrors(shared, CONTENT_FIELDS, '')
  return errors.length > 0 ? errors : artifactErrors(shared)
}

/**
 * Checks a parsed package set.
 * @param {unknown} value
 * @returns {string[]}
 */
export function setErrors (value) {
  if (!isRecord(value)) return ['it is not a JSON object']
  const set = /** @type {Record<string, any>} */ (value)
  const errors = fieldErrors(set, SET_FIELDS, '')
  return errors.length > 0 ? errors : [...artifactErrors(set), ...exampleErrors(set.examples ?? {})]
}

/** @param {Record<string, any>} value */
function artifactErrors (value) {
  const errors = []
  for (const kind of /** @type {const} */ (['npm', 'pypi', 'maven'])) {
    for (const [index, entry] of (value[kind] ?? []).entries()) {
      if (!isRecord(entry)) errors.push(`${kind}[${index}]: must be an object`)
      else errors.push(...fieldErrors(entry, ARTIFACT_FIELDS[kind], `${kind}[${index}].`))
      if (kind === 'npm' && isRecord(entry)) errors.push(...archErrors(entry, index))
    }
  }
  return errors
}

/**
 * @param {Record<string, unknown>} entry
 * @param {number} index
 */
function archErrors (entry, index) {
  const perArch = String(entry.name).includes('{arch}')
  if (perArch === isRecord(entry.integrity)) return []
  return [perArch
    ? `npm[${index}].integrity: must have one value for each architecture, because the name contains {arch}`
    : `npm[${index}].integrity: must be a string, because the name does not contain {arch}`]
}

/** @param {Record<string, unknown>} examples */
function exampleErrors (examples) {
  const errors = []
  for (const [name, value] of Object.entries(examples)) {
    const prefix = `examples.${name}`
    if (!isRecord(value)) {
      errors.push(`${prefix}: must be an object`)
      continue
    }
    const example = /** @type {Record<string, unknown>} */ (value)
    errors.push(...fieldErrors(example, EXAMPLE_FIELDS, `${prefix}.`))
    if (example.without !== undefined && Object.keys(example).length > 1) errors.push(`${prefix}: must not have other fields in addition to "without"`)
    if (example.without !== undefined && !CASES.includes(name)) errors.push(`${prefix}.without: is not allowed, because this example is optional`)
    if (example.without !== undefined) continue
    if (name === 'broken' && example.message === undefined) errors.push(`${prefix}.message: is missing; must be a part of the language's error message`)
    if (!CASES.includes(name) && example.stdout === undefined) errors.push(`${prefix}.stdout: is missing; must be a string`)
  }
  return errors
}
