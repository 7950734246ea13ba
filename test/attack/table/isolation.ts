import type { Attack } from '../attack.js'
import { each } from './each.js'

const NOTHING = { outcome: 'completed', stdout: '[]\n' }
const END = { outcome: 'completed', stdout: 'end\n' }
const NONE_SUCCEEDED = { outcome: 'completed', stdout: '0 succeeded\n' }
const FORGED = { outcome: 'failed', exitCode: 7, error: 'Exit code: 7', stdout: /^\{"stdout":"forged".*\}\n/, stderr: /forge/ }
const AS_IF_NOTHING = { outcome: 'completed', stdout: 'before\nafter\n', exitCode: 0 }

/** What is not the program's: other files, the network, the kernel, the runner. */
export const ISOLATION: Attack[] = [
  ...each('writing to the root file system', ['root-fs.py', 'root-fs.js'], NOTHING),
  ...each('writing to the root file system', ['root-fs.sh'], END),
  ...each('writing to the root file system', ['root-fs.c'], NONE_SUCCEEDED),
  ...each('rewriting the waiting interpreter\'s files', ['warm-files.py', 'warm-files.js'], NOTHING),
  ...each('any network at all', ['sockets.py', 'sockets.js'], NOTHING),
  ...each('any network at all', ['sockets.sh'], END),
  ...each('every family of sockets', ['sockets.c'], NONE_SUCCEEDED),
  ...each('writing to /proc and /sys', ['proc-write.sh'], { outcome: 'completed', stdout: 'before\nend\n' }),
  ...each('writing to /proc and /sys', ['proc-write.py'], NOTHING),
  ...each('reading /proc and /sys', ['proc-read.js'], { outcome: 'completed', stdout: 'before\ntrue []\n' }),
  ...each('more rights', ['privileges.c'], NONE_SUCCEEDED),
  ...each('more rights', ['privileges.py'], { outcome: 'completed', stdout: '[] 1\n' }),
  ...each('more rights', ['privileges.sh'], END),
  ...each('more rights', ['privileges.js'], NOTHING),

  ...each('every signal to the runner', ['signals.py', 'signals.sh', 'signals.js'], AS_IF_NOTHING),
  ...each('signals that claim to come from outside', ['forged-signal.c'], { outcome: 'failed', exitCode: 6, stdout: 'before\nafter\n' }),
  ...each('the runner\'s memory, descriptors, limits and priority', ['process-1.c'], NONE_SUCCEEDED),
  ...each('the runner\'s folder in /proc', ['proc-1-fd.py'], NOTHING),
  ...each('a child that kills everybody', ['kill-everybody.py'], { outcome: 'signaled', signal: 'SIGKILL', stdout: 'before\n' }),
  ...each('an end like that of one out of memory', ['exit-codes.py'], { outcome: 'signaled', signal: 'SIGKILL', stdout: 'before\n' }),
  ...each('brothers that end before it', ['clone-parent.c'], { outcome: 'failed', exitCode: 9, stdout: 'before\nafter\n' }),
  ...each('a forged result', ['forged-result.py', 'forged-result.c', 'forged-result.sh', 'forged-result.js'], FORGED)
]
