/** @typedef {import('./build-images.js').Result} Result */

/**
 * @param {Result[]} results
 * @param {{total: number, own: Map<string, number>}} disk disk use in bytes; `own` is by image tag
 * @returns {string} a table, the total size and the names of failed builds
 */
export function formatResults (results, disk) {
  const rows = [['language', 'version', 'size', 'unshared', ''], ...results.map((result) => 'error' in result
    ? [result.name, '', '', '', 'FAILED']
    : [result.name, result.version, megabytes(result.bytes), megabytes(disk.own.get(result.tag) ?? 0), result.fresh ? 'built' : 'up to date'])]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((text, column) =>
    column === 2 || column === 3 ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  const built = results.filter((result) => !('error' in result))
  const failed = results.filter((result) => 'error' in result)
  lines.push('', `${built.length} images use ${megabytes(disk.total)} of disk space, shared layers counted once`)
  if (failed.length > 0) lines.push(`FAILED, see above: ${failed.map((result) => result.name).join(', ')}`)
  return lines.join('\n')
}

/** @param {number} bytes */
function megabytes (bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
