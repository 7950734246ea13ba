import type { Attack, Expected } from '../trial.js'
import { each } from './each.js'

const NOTHING = { outcome: 'completed', stdout: '[]\n' }
const END = { outcome: 'completed', stdout: 'end\n' }
const NONE_SUCCEEDED = { outcome: 'completed', stdout: '0 succeeded\n' }
const FORGED = { outcome: 'failed', exitCode: 7, error: 'Exit code: 7', stdout: /^\{"stdout":"forged".*\}\n/, stderr: /forge/ }
const AS_IF_NOTHING = { outcome: 'completed', stdout: 'before\nafter\n', exitCode: 0 }

/** Reason for differences with crun. The files are removed with the container and count as its memory. A program cannot change its limits in any runtime. */
const OWN_CGROUP_FOLDER = 'crun mounts a private tmpfs, writable by all users, at the path of the version 1 cgroups'
const crun = (stdout: string | RegExp) => ({ on: { crun: { expected: { outcome: 'completed', stdout }, because: OWN_CGROUP_FOLDER } } })

const runsc = (expected: Expected, because: string) => ({ on: { runsc: { expected, because } } })
const both = (one: Pick<Attack, 'on'>, other: Pick<Attack, 'on'>) => ({ on: { ...one.on, ...other.on } })
const SIGNALLED = { status: 500, error: 'docker.container.stream.read' }
const KILLABLE = runsc(SIGNALLED, 'a descriptor signal that is directed to process 1 kills it, and the result is lost')
const OWN_OUTPUT = runsc({ outcome: 'completed', exitCode: 0, stdout: /^(\{"stdout":"forged","stderr":"","error":""\}\n)*\[.*'read \/proc\/1\/environ'.*\]\n$/ },
  'the program can read the /proc folder of the runner and open the runner\'s ends of the output pipes; data written there is program output')
const OWN_KERNEL = 'namespaces, priorities, the kernel log and process lists belong to the kernel of gVisor, not of the host'
const READABLE = runsc({ outcome: 'completed', stdout: /^\[('read \/proc\/1\/environ', )?'spared by the out-of-memory killer'\]\n$/ },
  'the program can read the environment of the runner, which has no secrets, and can set an OOM score that gVisor ignores')

/** Attacks on files, the network, the kernel and the runner. */
export const ISOLATION: Attack[] = [
  ...each('writing to the root file system', ['root-fs.py'], NOTHING, crun(/^\[('\/sys\/fs\/cgroup')?\]\n$/)),
  ...each('writing to the root file system', ['root-fs.js'], NOTHING),
  ...each('writing to the root file system', ['root-fs.sh'], END),
  ...each('writing to the root file system', ['root-fs.c'], NONE_SUCCEEDED),
  ...each('overwriting the files of the waiting interpreter', ['warm-files.py', 'warm-files.js'], NOTHING),
  ...each('using a network', ['sockets.py', 'sockets.js'], NOTHING),
  ...each('using a network', ['sockets.sh'], END),
  ...each('opening sockets of every family', ['sockets.c'], NONE_SUCCEEDED),
  ...each('installing filters', ['filters.c'], NONE_SUCCEEDED),
  ...each('writing to /proc and /sys', ['proc-write.sh'], { outcome: 'completed', stdout: 'before\nend\n' }, crun(/^before\n(succeeded: \/sys\/fs\/cgroup\/cgroup\.procs\n)?end\n$/)),
  ...each('writing to /proc and /sys', ['proc-write.py'], NOTHING, both(crun(/^\[('wrote \/sys\/fs\/cgroup\/(memory\.max|cgroup\.procs)'(, )?)*\]\n$/), READABLE)),
  ...each('reading /proc and /sys', ['proc-read.js'], { outcome: 'completed', stdout: 'before\ntrue []\n' }),
  ...each('gaining privileges', ['privileges.c'], NONE_SUCCEEDED, runsc({ outcome: 'completed', stdout: /^(succeeded: (unshare|clone with a new|klogctl|get_robust_list).*\n)*\d+ succeeded\n$/ }, OWN_KERNEL)),
  ...each('gaining privileges', ['privileges.py'], { outcome: 'completed', stdout: '[] 1\n' }, runsc({ outcome: 'completed', stdout: /^\[('(nice|unshare of mounts|unshare of the user namespace)'(, )?)*\] 1\n$/ }, OWN_KERNEL)),
  ...each('gaining privileges', ['privileges.sh'], END),
  ...each('gaining privileges', ['privileges.js'], NOTHING, runsc({ outcome: 'completed', stdout: /^\["priority of its own raised"\]\n$/ }, OWN_KERNEL)),

  ...each('sending every signal to the runner', ['signals.py', 'signals.sh', 'signals.js'], AS_IF_NOTHING),
  ...each('signals that appear to come from outside the container', ['forged-signal.c'], { outcome: 'failed', exitCode: 6, stdout: 'before\nafter\n' }, KILLABLE),
  ...each('accessing the memory, descriptors, limits and priority of the runner', ['process-1.c'], NONE_SUCCEEDED),
  ...each('accessing the folder of the runner in /proc', ['proc-1-fd.py'], NOTHING, OWN_OUTPUT),
  ...each('a child that kills every process', ['kill-everybody.py'], { outcome: 'signaled', signal: 'SIGKILL', stdout: 'before\n' }),
  ...each('exiting with the exit code of an out-of-memory kill', ['exit-codes.py'], { outcome: 'signaled', signal: 'SIGKILL', stdout: 'before\n' }),
  ...each('sibling processes that exit first', ['clone-parent.c'], { outcome: 'failed', exitCode: 9, stdout: 'before\nafter\n' }),
  ...each('forging counters of memory and CPU time', ['forged-counters.sh'], { outcome: 'failed', exitCode: 7, stdout: 'before\n', cpuTime: /^\d{1,10}$/ }),
  ...each('a forged result', ['forged-result.py', 'forged-result.c', 'forged-result.sh', 'forged-result.js'], FORGED)
]
