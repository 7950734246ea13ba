import t from 'tap'

import { modeCounts, verdictTable } from '../../../../tools/testing/runtimes/verdicts.js'

const VERDICT = { program: 'a.py', title: 'an attack', mode: 'plain', waiting: false, outcome: 'timeout', right: true }

void t.test('the table has a row for each attack and mode, and marks unexpected outcomes', async (t) => {
  const runsc = { ...VERDICT, outcome: 'completed', because: 'a reason' }
  const table = verdictTable({ runc: [VERDICT, { ...VERDICT, mode: 'tty', right: false }], runsc: [runsc] })
  t.same(table.split('\n').map((line) => line.split(/ {2,}/)), [
    ['attack', 'runc', 'runsc'],
    ['a.py (an attack), plain', 'timeout', 'completed*'],
    ['a.py (an attack), tty', '!timeout', '-'],
    ['* runsc: a reason (a.py)']
  ])
})

void t.test('counts the verdicts of each mode', async (t) => {
  t.same(modeCounts([VERDICT, { ...VERDICT, mode: 'tty', right: false }, { ...VERDICT, mode: 'tty' }]), [
    { mode: 'plain', expected: 1, all: 1 }, { mode: 'tty', expected: 1, all: 2 }
  ])
})
