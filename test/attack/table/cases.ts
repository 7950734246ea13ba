import type { Attack } from '../trial.js'
import { each } from './each.js'

const BEFORE_AND_AFTER = { outcome: 'completed', stdout: 'before\nafter\n' }
const LEFTOVERS: Partial<Attack> = { modes: ['plain', 'cases'], coldOnly: 'the program changes only its own container' }

/** Programs that leave something for the next case. */
export const CASES: Attack[] = [
  ...each('leaving daemons', ['leave-daemon.py'], BEFORE_AND_AFTER, LEFTOVERS),
  ...each('leaving files in every folder', ['leave-files.py'], BEFORE_AND_AFTER, LEFTOVERS),
  ...each('leaving full file systems', ['leave-full.sh'], BEFORE_AND_AFTER, LEFTOVERS),
  ...each('replacing its own binary', ['leave-binary.c'], { outcome: 'completed', stdout: 'after\n' }, LEFTOVERS),
  ...each('leaving objects of interprocess communication', ['leave-ipc.c'], BEFORE_AND_AFTER, LEFTOVERS),
  ...each('leaving sockets in a cycle of references', ['leave-cycle.c'], BEFORE_AND_AFTER, LEFTOVERS),
  ...each('leaving changed limits', ['leave-limits.py'], BEFORE_AND_AFTER, LEFTOVERS)
]
