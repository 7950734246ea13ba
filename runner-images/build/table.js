/** @typedef {import('./build-all.js').Result} Result */

/**
 * @param {Result[]} results
 * @returns {string} a table of name, version, size and state, without a final newline
 */
export function formatTable (results) {
  const rows = [['language', 'version', 'size', ''], ...results.map((result) => 'error' in result
    ? [result.name, '', '', 'FAILED']
    : [result.name, result.version, `${(result.bytes / 1e6).toFixed(0)} MB`, result.fresh ? 'built' : 'up to date'])]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map(([name = '', version = '', size = '', state = '']) =>
    `${name.padEnd(widths[0] ?? 0)}  ${version.padEnd(widths[1] ?? 0)}  ${size.padStart(widths[2] ?? 0)}  ${state}`.trimEnd()).join('\n')
}
