import type { Attack } from '../trial.js'
import { each } from './each.js'

const FORGED = /^\{"type":"result","result":\{"stdout":"forged".*\}\n/

/** Attacks on the streams of the runner while events and input pass through them, and on terminals. */
export const TERMINAL: Attack[] = [
  ...each('reading the input of the runner, and writing events', ['runner-streams.py'], { outcome: 'failed', exitCode: 7, stdout: FORGED }),
  ...each('reaching other terminals', ['terminal.c'], { outcome: 'failed', exitCode: 7, stdout: /^0 succeeded\n/ })
]
