# Writes forged counters if the runtime permits writing under /sys/fs/cgroup. The runner must not use them.
echo before
for folder in /sys/fs/cgroup /sys/fs/cgroup/memory; do
  { printf 'low 0\nhigh 0\nmax 99\noom 99\noom_kill 99\noom_group_kill 9\n' > "$folder/memory.events"; } 2>/dev/null
  { printf 'oom_kill_disable 0\nunder_oom 0\noom_kill 99\n' > "$folder/memory.oom_control"; } 2>/dev/null
  { echo 1 > "$folder/memory.peak"; } 2>/dev/null
  { printf 'usage_usec 99000000000\n' > "$folder/cpu.stat"; } 2>/dev/null
  { echo 'memory cpu pids' > "$folder/cgroup.controllers"; } 2>/dev/null
done
exit 7
