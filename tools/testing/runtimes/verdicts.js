import { existsSync, readFileSync } from 'node:fs'

/** @typedef {{program: string, title: string, mode: string, waiting: boolean, outcome: string, right: boolean, because?: string}} Verdict */

/**
 * @param {string} file path of a file with one line per attack
 * @returns {Verdict[]}
 */
export function readVerdicts (file) {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))
}

/**
 * Formats a table of the outcomes, with a row for each attack and a column for each runtime. `!` marks an unexpected outcome. `*` marks an outcome
 * that is expected only with this runtime; the reason follows the table.
 * @param {Record<string, Verdict[]>} byRuntime
 * @returns {string}
 */
export function verdictTable (byRuntime) {
  const runtimes = Object.keys(byRuntime)
  const names = [...new Set(Object.values(byRuntime).flat().map(nameOf))].sort()
  const rows = [['attack', ...runtimes], ...names.map((name) => [name, ...runtimes.map((runtime) => outcomeOf(byRuntime[runtime]?.find((one) => nameOf(one) === name)))])]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  return [...lines, ...reasons(byRuntime)].join('\n')
}

/**
 * Counts the verdicts of each mode.
 * @param {Verdict[]} verdicts
 */
export function modeCounts (verdicts) {
  return [...new Set(verdicts.map(({ mode }) => mode))].map((mode) => {
    const all = verdicts.filter((verdict) => verdict.mode === mode)
    return { mode, expected: all.filter(({ right }) => right).length, all: all.length }
  })
}

/** @param {Verdict} verdict */
function nameOf ({ program, title, mode, waiting }) {
  return `${program} (${title}), ${mode}${waiting ? ', waiting' : ''}`
}

/** @param {Verdict | undefined} verdict */
function outcomeOf (verdict) {
  if (verdict === undefined) return '-'
  return `${verdict.right ? '' : '!'}${verdict.outcome}${verdict.because === undefined ? '' : '*'}`
}

/** @param {Record<string, Verdict[]>} byRuntime */
function reasons (byRuntime) {
  const all = Object.entries(byRuntime).flatMap(([runtime, verdicts]) => verdicts
    .flatMap(({ because, program }) => because === undefined ? [] : [{ key: `* ${runtime}: ${because}`, program }]))
  return [...new Set(all.map(({ key }) => key))]
    .map((key) => `${key} (${[...new Set(all.filter((one) => one.key === key).map(({ program }) => program))].join(', ')})`)
}
