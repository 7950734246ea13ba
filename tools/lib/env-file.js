/** @typedef {Record<string, string>} Settings values by the names of environment variables */

/**
 * Parses an env file.
 * @param {string} text
 * @returns {Settings} the values; quotes are kept, as in Docker's env files
 */
export function parseSettings (text) {
  /** @type {Settings} */
  const settings = {}
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) settings[name] = value
  }
  return settings
}
