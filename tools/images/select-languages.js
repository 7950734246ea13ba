import { distance } from 'fastest-levenshtein'

/**
 * Returns the languages named on the command line, or all languages if no name is given.
 * @param {string[]} asked
 * @param {string[]} known
 * @returns {string[]} in the order of `known`, without duplicates
 * @throws Error with the most similar names for each unknown name
 */
export function selectLanguages (asked, known) {
  const unknown = asked.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new Error(unknown.map((name) => `Unknown language "${name}". Did you mean ${nearest(name, known).join(', ')}?`).join('\n'))
  }
  return asked.length === 0 ? known : known.filter((name) => asked.includes(name))
}

/**
 * Finds names that are similar to an unknown name.
 * @param {string} name
 * @param {string[]} known
 * @returns {string[]} the three most similar names of `known`
 */
export function nearest (name, known) {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b)).slice(0, 3)
}
