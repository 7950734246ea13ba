/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ name: string, counts: Counts, seconds: number }} Step
 */

/** @type {Counts} */
export const NONE = { passed: 0, failed: 0, skipped: 0 }

/**
 * Parses tap's count of assertions: `# { total: 12, pass: 10, fail: 1, skip: 1 }`. Returns undefined if the output contains none.
 * @param {string} output
 * @returns {Counts | undefined}
 */
export function tapCounts (output) {
  const [, body] = /^# \{ (total: .*) \}$/m.exec(output) ?? []
  if (body === undefined) return undefined
  const count = (/** @type {string} */ name) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(body)?.[1] ?? 0)
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') }
}

/**
 * Parses the plain closing line, `12 passed, 1 failed` with optional `, 3 skipped`. If there are several, uses the last one.
 * @param {string} output
 * @returns {Counts | undefined}
 */
export function plainCounts (output) {
  const lines = [...output.matchAll(/^(?:# )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)]
  const last = lines.at(-1)
  return last === undefined ? undefined : { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) }
}

/**
 * Adds counts.
 * @param {Counts[]} counts
 * @returns {Counts}
 */
export function sum (counts) {
  return counts.reduce((total, { passed, failed, skipped }) => ({
    passed: total.passed + passed, failed: total.failed + failed, skipped: total.skipped + skipped
  }), NONE)
}

/**
 * Adds a failure to the counts of a test process that printed no counts, or that exited with an error but reported no failed test.
 * @param {Counts | undefined} counts undefined if the process printed no counts
 * @param {number} exitCode
 * @returns {Counts}
 */
export function checkedCounts (counts, exitCode) {
  if (counts === undefined || counts.passed + counts.failed + counts.skipped === 0) return { ...NONE, failed: 1 }
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

/**
 * Formats counts as a closing line.
 * @param {Counts} counts
 */
export function closingLine ({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * Formats the steps of a run.
 * @param {Step[]} steps
 * @returns {string} a table of the steps with their durations and the total
 */
export function stepTable (steps) {
  const total = { name: 'total', counts: sum(steps.map(({ counts }) => counts)), seconds: steps.reduce((all, { seconds }) => all + seconds, 0) }
  return [...steps, total].map(({ name, counts, seconds }) => `${name.padEnd(8)}${seconds.toFixed(0).padStart(6)} s  ${closingLine(counts)}`).join('\n')
}
