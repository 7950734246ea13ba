import type { Attack } from '../trial.js'
import { each, SHORT } from './each.js'

const OUTPUT_BYTES = 1_048_576
const TIMEOUT = { outcome: 'timeout', exitCode: null, stdout: 'before\n' }
const ONLY_X = { outcome: 'output_limit', stdout: 'x'.repeat(OUTPUT_BYTES), stdoutTruncated: true }
const CLOSED = { outcome: 'failed', exitCode: 5, stdout: 'before' }

/** Attacks on the output limit and the time limit. */
export const STREAMS: Attack[] = [
  ...each('endless output', ['endless-output.py', 'one-line.c', 'one-line.py', 'one-line.js', 'one-line.sh'], ONLY_X),
  ...each('endless output on both streams', ['endless-output.c', 'endless-output.js'], { outcome: 'output_limit', stdout: /^x+$/, stderr: /^x+$/ }),
  ...each('endless lines', ['endless-output.sh'], { outcome: 'output_limit', stdout: 'y\n'.repeat(OUTPUT_BYTES / 2) }, {
    in: { tty: { expected: { outcome: 'output_limit', stdout: /^y\ny\n/ }, because: 'a newline has two bytes on a terminal' } }
  }),
  ...each('endless random bytes', ['random-output.sh'], { outcome: 'output_limit', stdoutBase64: /^[A-Za-z0-9+/]+={0,2}$/ }),
  ...each('slow endless output', ['trickle.py', 'trickle.sh', 'trickle.js'], { outcome: 'timeout', stdout: /^\.+$/ }, SHORT),
  ...each('slow endless output', ['trickle.c'], { outcome: 'timeout', stdout: /^\.+$/ }, SHORT),
  ...each('closed streams', ['closed-streams.py', 'closed-streams.c', 'closed-streams.sh', 'closed-streams.js'], CLOSED, { lastsAtLeast: 0.3 }),
  ...each('changing the flags of its pipes', ['stream-tricks.c'], { outcome: 'failed', exitCode: 5, stdout: /after\n$/ }, { stdin: 'x'.repeat(200_000) }),

  ...each('endless sleep', ['sleep.sh', 'sleep.py', 'sleep.js'], TIMEOUT, SHORT),
  ...each('endless sleep', ['sleep.c'], TIMEOUT),
  ...each('ignoring every signal', ['unkillable.py', 'sigterm.sh', 'sigterm.js'], TIMEOUT, SHORT),
  ...each('stopping itself with SIGSTOP', ['stopped.py'], TIMEOUT, SHORT),
  ...each('a vfork that never ends', ['vfork.c'], TIMEOUT),
  ...each('a child that traces and stops it', ['traced.c'], TIMEOUT)
]
