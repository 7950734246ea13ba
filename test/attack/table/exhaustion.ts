import type { Attack } from '../trial.js'
import { each, NO_CGROUP, NO_PIDS, NO_SHARE, SHORT, SLOW_START } from './each.js'

const BEFORE = { stdout: /^before\n/ }
const TIMEOUT = { ...BEFORE, outcome: 'timeout', exitCode: null }
const OUT_OF_MEMORY = { ...BEFORE, outcome: 'out_of_memory' }
/** The kernel ends processes one by one, and some may still be running at the time limit. */
const OUT_OF_MEMORY_OR_TIME = { ...BEFORE, outcome: /^(out_of_memory|timeout)$/ }
const ANY_END = { ...BEFORE, outcome: /^(completed|failed|timeout|signaled|out_of_memory)$/ }

/** The program keeps the resource until the time limit, while other runs of the same image must succeed. */
const HELD = { neighbour: true, time: 8 }

/** Attacks that exhaust processes, threads, memory or descriptors. */
export const EXHAUSTION: Attack[] = [
  ...each('a fork bomb', ['fork-bomb.py', 'fork-bomb.js', 'fork-bomb.c'], TIMEOUT, { ...SHORT, ...NO_SHARE }),
  ...each('the shell\'s fork bomb', ['fork-bomb.sh'], { ...BEFORE, outcome: /^(completed|failed|timeout|output_limit)$/ }, SHORT),
  ...each('a thread bomb', ['thread-bomb.py', 'thread-bomb.js', 'thread-bomb.c'], { ...BEFORE, outcome: /^(timeout|out_of_memory|signaled|failed)$/ }, SHORT),
  ...each('zombies up to the process limit', ['zombies.c'], { outcome: 'completed', stdout: 'before\nfull\n' }, NO_PIDS),
  ...each('orphans that exit one after another', ['orphans.py'], { outcome: 'completed', stdout: 'all gone\n' }, SLOW_START),
  ...each('hundreds of orphans at the same time', ['zombies.sh'], { outcome: 'completed', stdout: 'before\nafter\n' }),
  ...each('processes that continue in a child', ['phoenix.c'], { outcome: 'failed', exitCode: 3, stdout: 'before\n' }),
  ...each('a daemon that holds stdout', ['daemon.py'], { outcome: 'completed', stdout: 'grandchild\ndone\n' }),
  ...each('a daemon that holds stdout', ['daemon.js', 'daemon.c'], { outcome: 'completed', stdout: 'before\ngrandchild\ndone\n' }),
  ...each('a daemon that holds stdout', ['daemon.sh'], { outcome: 'completed', stdout: 'before\ngrandchild\ndone\n' }, {
    in: { tty: { expected: { outcome: 'completed', stdout: 'before\ndone\n' }, because: 'nohup(1) writes to a file if stdout is a terminal' } }
  }),

  ...each('all memory', ['heap.py', 'heap.js', 'heap.sh'], OUT_OF_MEMORY, NO_CGROUP),
  ...each('all memory of V8\'s heap', ['v8-heap.js'], { ...BEFORE, outcome: /^(out_of_memory|signaled|timeout)$/ }, NO_CGROUP),
  ...each('all memory, taken by sixteen processes', ['memory-hog.c'], OUT_OF_MEMORY_OR_TIME, NO_CGROUP),
  ...each('all memory, as shared memory that no process maps', ['shared-memory.c'], OUT_OF_MEMORY, NO_CGROUP),
  ...each('kernel memory in full pipes and sockets', ['kernel-memory.c'], OUT_OF_MEMORY_OR_TIME, NO_CGROUP),
  ...each('memory for page tables', ['address-space.c'], { ...BEFORE, outcome: /^(out_of_memory|failed)$/ }, NO_CGROUP),
  ...each('full file systems', ['tmpfs.sh'], { outcome: 'completed', stdout: 'before\n/tmp is full\n/work is full\n/dev/shm is full\nafter\n' }),
  ...each('full file systems, and no memory', ['full-tmpfs.py'], OUT_OF_MEMORY, NO_CGROUP),
  ...each('memory for the page cache', ['page-cache.sh'], { outcome: 'completed', stdout: 'before\nafter\n' }),
  ...each('an unlimited number of empty files', ['inodes.c', 'inodes.py'], OUT_OF_MEMORY_OR_TIME, NO_CGROUP),
  ...each('directories deeper than the longest path', ['deep-folders.py'], { outcome: 'completed', stdout: 'before\n5000\n' }),
  ...each('a sparse file of a terabyte', ['sparse.py'], ANY_END, SHORT),

  ...each('all descriptors', ['descriptors.py'], { outcome: 'completed', stdout: /^10\d\d Too many open files\n$/ }),
  ...each('all descriptors', ['descriptors.js'], { outcome: 'completed', stdout: 'true EMFILE\n' }),
  ...each('all descriptors', ['descriptors.sh'], { stdout: /^1 stopped\n$/ }),
  ...each('all descriptors', ['descriptors.c'], { outcome: 'completed', stdout: '0 1 Too many open files\n' }),
  ...each('all inotify instances and watches', ['inotify.c'], { outcome: 'timeout', stdout: 'exhausted\n' }, HELD),
  ...each('all resources that the kernel limits per user', ['per-user.c'], { outcome: 'timeout', stdout: 'held\n' }, { ...HELD, alone: 'other attacks need a terminal' }),

  ...each('a core dump', ['core-dump.c', 'core-dump.sh', 'core-dump.js', 'core-dump.py'], { outcome: 'signaled', signal: 'SIGABRT', stdout: 'before\n' }),
  ...each('endless recursion', ['recursion.c', 'recursion.sh'], { outcome: 'signaled', signal: 'SIGSEGV', stdout: 'before\n' }),
  ...each('endless recursion', ['recursion.js'], { outcome: 'failed', exitCode: 1, stdout: 'before\n', stderr: /RangeError/ }),
  ...each('endless recursion', ['recursion.py'], { outcome: /^(signaled|failed|out_of_memory)$/, stdout: 'before\nrefused\n' }, NO_CGROUP)
]
