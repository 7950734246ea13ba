import { distance } from 'fastest-levenshtein'

/**
 * The languages a command line asks for: all without names.
 * @param {string[]} asked
 * @param {string[]} known
 * @returns {string[]} in the order of `known`, each once
 * @throws Error that names the nearest language for each unknown one
 */
export function selectLanguages (asked, known) {
  const unknown = asked.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new Error(unknown.map((name) => `no language "${name}"; nearest: ${nearest(name, known).join(', ')}`).join('\n'))
  }
  return asked.length === 0 ? known : known.filter((name) => asked.includes(name))
}

/**
 * @param {string} name
 * @param {string[]} known
 * @returns {string[]} the three nearest of `known`, nearest first
 */
export function nearest (name, known) {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b)).slice(0, 3)
}
