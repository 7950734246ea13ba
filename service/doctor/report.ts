import { styleText } from 'node:util'

import { verdictOf, type Check, type State } from './check.js'

const LABELS: Record<State, string> = { ok: 'ok', info: 'ok', weak: 'weak', failed: 'FAIL', skipped: '-' }
const COLORS = { ok: 'green', info: 'green', weak: 'yellow', failed: 'red', skipped: 'gray' } as const
const LABEL_WIDTH = 4

/** Returns the report as a table, one line for each check. Advice follows its check on a separate line. */
export function formatTable (checks: Check[], { color, seconds }: { color: boolean, seconds: number }): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, state, detail, advice }) => {
    const label = LABELS[state].padEnd(LABEL_WIDTH)
    const line = `${color ? styleText(COLORS[state], label, { validateStream: false }) : label}  ${name.padEnd(width)}  ${oneLine(detail)}`
    return advice === undefined ? [line] : [line, `${' '.repeat(LABEL_WIDTH + width + 4)}→ ${oneLine(advice)}`]
  })
  return [...lines, '', summary(checks, seconds), ''].join('\n')
}

export function formatJson (checks: Check[], seconds: number): string {
  return `${JSON.stringify({ verdict: verdictOf(checks), seconds: Number(seconds.toFixed(1)), checks }, undefined, 2)}\n`
}

function summary (checks: Check[], seconds: number): string {
  const count = (state: State) => checks.filter((check) => check.state === state).length
  const numbers = `${count('ok') + count('info')} ok, ${count('weak')} weak, ${count('failed')} failed, ${count('skipped')} skipped in ${seconds.toFixed(1)} s`
  const verdicts = { ok: 'runonce works here', weak: 'runonce works here, with the weaknesses above', failed: 'runonce does not work here' }
  return `${verdicts[verdictOf(checks)]}: ${numbers}.`
}

/** Messages of the engine can contain line breaks. */
function oneLine (text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}
