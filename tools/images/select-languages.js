import { distance } from 'fastest-levenshtein'

/**
 * Selects the languages that a command line names, or all.
 * @param {string[]} asked
 * @param {string[]} known
 * @returns {string[]} in the order of `known`, each once
 * @throws Error with the most similar names for each unknown one
 */
export function selectLanguages (asked, known) {
  const unknown = asked.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new Error(unknown.map((name) => `Unknown language "${name}". Did you mean ${nearest(name, known).join(', ')}?`).join('\n'))
  }
  return asked.length === 0 ? known : known.filter((name) => asked.includes(name))
}

/**
 * @param {string} name
 * @param {string[]} known
 * @returns {string[]} the three most similar names of `known`
 */
export function nearest (name, known) {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b)).slice(0, 3)
}
