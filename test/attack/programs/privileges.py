# Tries to become root with all functions that Python provides.
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
reached = []
def tried(what, attempt):
    pid = os.fork()
    if pid == 0:
        try:
            attempt()
            os._exit(0)
        except BaseException:
            os._exit(1)
    if os.waitpid(pid, 0)[1] == 0:
        reached.append(what)
def call(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), 'refused')
tried('setuid', lambda: os.setuid(0))
tried('setresuid', lambda: os.setresuid(0, 0, 0))
tried('seteuid', lambda: os.seteuid(0))
tried('setgid', lambda: os.setgid(0))
tried('setgroups', lambda: os.setgroups([0]))
tried('chroot', lambda: os.chroot('/tmp'))
tried('nice', lambda: os.nice(-1))
tried('a new device', lambda: (os.mknod('/tmp/disk', 0o60666, os.makedev(254, 0)), os.open('/tmp/disk', os.O_RDONLY)))
tried('unshare of the user namespace', lambda: os.unshare(os.CLONE_NEWUSER))
tried('unshare of mounts', lambda: os.unshare(os.CLONE_NEWNS))
tried('sched_setscheduler', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
tried('mount', lambda: call(165, b'none', b'/work', b'tmpfs', 0, 0))
tried('ptrace of the runner', lambda: call(101, 16, 1, 0, 0))
tried('keyctl', lambda: call(250, 1, 0))
tried('bpf', lambda: call(321, 0, 0, 0))
tried('io_uring', lambda: call(425, 8, ctypes.create_string_buffer(256)))
if os.getuid() == 0 or os.getgid() == 0 or 0 in os.getgroups():
    reached.append('already root')
with open('/proc/self/status') as file:
    status = dict(line.split(':\t', 1) for line in file)
for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'):
    if int(status.get(name, '0'), 16) != 0:
        reached.append(name)
print(reached, status.get('NoNewPrivs', '1').strip())
