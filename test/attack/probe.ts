import { submission } from '../engine/kit.js'

/**
 * A shell script that lists everything by which a case could notice the previous case, except process IDs, inode numbers, and the times
 * of the directories that the runner empties.
 */
const PROBE = `
exec 2>&1
places="/work /tmp /var/tmp /run/lock /dev/shm /dev/mqueue $HOME"
set -- /proc/[0-9]*
echo "$# processes"
find $places -mindepth 1 -printf '%p %y %m %n %U:%G %s %T@ %l\\n' | sort -u
find /work /tmp -type f -exec cksum {} + | sort
find $places /sys/fs/cgroup -maxdepth 0 -printf '%p %m %U:%G\\n'
[ -w /sys/fs/cgroup ] && ls -la /sys/fs/cgroup | awk '{ print $1, $2, $3, $4, $9 }'
for place in /work /tmp /dev/shm; do df -k --output=used,target "$place"; df --output=iused "$place"; done
cat /proc/sysvipc/* | awk '{ print $1, $2, $3, $4 }'
awk '{ print $4, $5, $8 }' /proc/net/unix
awk '{ print $2, $3, $4 }' /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 | grep -v ' 06$'
echo /dev/pts/*; hostname; umask; ulimit -a; env | sort
grep -E '^(Sig[PBIC]|Shd|Cap|NoNew|Seccomp|Cpus_allowed_list)' /proc/self/status
cat /proc/self/oom_score_adj /proc/self/timerslack_ns /proc/self/coredump_filter /proc/self/personality 2>&1
nice; echo /proc/self/fd/*; awk '{ print $4, $5, $6 }' /proc/self/mountinfo
`

/** The commands of each language that builds and runs the main file. */
const COMMANDS: Record<string, { main: string, build: string[], run: string }> = {
  python: { main: 'main.py', build: [], run: 'python3 main.py' },
  javascript: { main: 'main.js', build: [], run: 'node main.js' },
  bash: { main: 'main.sh', build: [], run: 'bash main.sh' },
  c: { main: 'main.c', build: ['/opt/runonce/language/compile main.c'], run: './a.out' },
  cpp: { main: 'main.cpp', build: ['/opt/runonce/language/compile main.cpp'], run: './a.out' }
}

/** Time limit in seconds of a case that looks for changes. */
const PROBE_S = 30

/** Returns the body of a run with three cases: the probe, the program, and the probe again. */
export function probedCases (language: string, code: string, { stdin, time }: { stdin: string, time: number }) {
  const commands = COMMANDS[language]
  if (commands === undefined) throw new Error(`no commands for ${language}`)
  const files = [{ name: commands.main, content: code }, { name: 'probe.sh', content: PROBE }]
  const probe = { args: ['probe'], limits: { time: PROBE_S } }
  return submission(language, files, {
    runInstructions: { buildCommands: commands.build, runCommand: `[ "$1" != probe ] || exec sh probe.sh; exec ${commands.run}` },
    limits: { buildTime: time },
    cases: [probe, { stdin, limits: { time } }, probe]
  })
}
