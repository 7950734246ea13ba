const BEGIN = '<!-- languages: npm run readme:languages -->'
const END = '<!-- /languages -->'

/**
 * @typedef {object} Figures of one language's image, as of the last measuring
 * @property {string} version
 * @property {number} bytes
 * @property {number} [coldMs] absent: not measured yet
 * @property {number} [readyMs]
 *
 * @typedef {{name: string, why: string}} Unavailable
 * @typedef {{name: string, aliases?: string[]}} Named
 */

/**
 * The README with its part about the languages made anew.
 * @param {string} readme
 * @param {object} parts
 * @param {Named[]} parts.languages sorted
 * @param {Record<string, Figures>} parts.figures by language; one without has an empty row
 * @param {Unavailable[]} parts.unavailable
 * @returns {string}
 * @throws Error when the README has no such part
 */
export function withLanguages (readme, { languages, figures, unavailable }) {
  const begin = readme.indexOf(BEGIN)
  const end = readme.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`README.md has no part between ${BEGIN} and ${END}`)
  const rows = languages.map(({ name, aliases = [] }) => {
    const found = figures[name]
    const cells = found === undefined ? ['', '', '', ''] : [found.version, (found.bytes / 1e6).toFixed(0), found.coldMs?.toFixed(0) ?? '', found.readyMs?.toFixed(0) ?? '']
    return `| ${[name, aliases.join(', '), ...cells].join(' | ')} |`
  })
  const table = [
    BEGIN, '', '| language | also called | version | image, MB | hello cold, ms | hello ready, ms |', '|---|---|---|---|---|---|', ...rows, '',
    ...unavailable.length === 0 ? [] : ['Not to be had from Debian 13, npm, PyPI or Maven Central, and so not here:', '', ...unavailable.map(({ name, why }) => `- ${name}: ${why}`), '']
  ]
  return readme.slice(0, begin) + table.join('\n') + readme.slice(end)
}

/**
 * Whether two versions are the same but for what a distribution's updates change.
 * @param {string} a
 * @param {string} b
 */
export function isSameRelease (a, b) {
  const release = (/** @type {string} */ version) => version.split('.').slice(0, 2).join('.')
  return release(a) === release(b)
}
