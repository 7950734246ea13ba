# Writes to files that are known to allow a container escape.
import os, stat
reached = []
for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sys/kernel/hotplug', '/proc/sys/vm/overcommit_memory',
             '/proc/sys/fs/binfmt_misc/register', '/proc/sys/kernel/yama/ptrace_scope', '/proc/sys/kernel/unprivileged_userns_clone',
             '/proc/sysrq-trigger', '/proc/kcore', '/proc/kmem', '/proc/mem', '/proc/keys', '/proc/timer_list', '/proc/sched_debug',
             '/proc/kallsyms', '/sys/kernel/uevent_helper', '/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory/release_agent',
             '/sys/fs/cgroup/pids/pids.max', '/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/cgroup.procs', '/sys/fs/cgroup/devices/devices.allow',
             '/sys/class/net/lo/mtu', '/sys/kernel/mm/transparent_hugepage/enabled', '/sys/power/state', '/sys/firmware/dmi/tables/DMI',
             '/proc/1/oom_score_adj', '/proc/1/attr/current', '/proc/1/uid_map', '/proc/self/uid_map', '/proc/self/setgroups',
             '/dev/mem', '/dev/kmsg', '/dev/kvm', '/dev/fuse', '/dev/net/tun', '/dev/vda', '/dev/sda', '/dev/loop-control'):
    try:
        with open(path, 'wb', buffering=0) as file:
            # Masked files are /dev/null.
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode) or path.startswith('/dev/'):
                reached.append('wrote ' + path if file.write(b'0\n') else path)
    except OSError:
        pass
for path in ('/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/sched_debug', '/dev/kmsg', '/proc/1/environ', '/sys/firmware/dmi/tables/DMI', '/proc/1/root/etc/passwd'):
    try:
        with open(path, 'rb', buffering=0) as file:
            if file.read(1):
                reached.append('read ' + path)
    except OSError:
        pass
try:
    with open('/proc/self/oom_score_adj', 'w') as file:
        file.write('-1000')
    reached.append('exempt from the out-of-memory killer')
except OSError:
    pass
print(reached)
