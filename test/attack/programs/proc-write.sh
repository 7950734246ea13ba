# Writes to all files under /proc and /sys that do not belong to this process. A successful write would affect the host.
echo before
mapfile -t found < <(find /proc/sys /sys /proc/1 /proc/irq /proc/bus /proc/fs /proc/acpi /proc/scsi /proc/[a-z]* -maxdepth 6 -type f -writable 2>/dev/null)
for file in "${found[@]}" /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/sysrq-trigger /proc/1/oom_score_adj /sys/fs/cgroup/*/tasks /sys/fs/cgroup/cgroup.procs; do
  # Skips files of this process.
  case $file in /proc/self/* | /proc/thread-self/*) continue ;; esac
  { echo 0 > "$file"; } 2>/dev/null && echo "succeeded: $file"
done
echo end
