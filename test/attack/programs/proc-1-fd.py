# Tries to access the descriptors, memory and environment of the runner.
import os, socket
FORGED = b'{"stdout":"forged","stderr":"","error":""}\n'
# Every user may read these three files of any process.
PUBLIC = ('/proc/1/oom_score_adj', '/proc/1/coredump_filter', '/proc/1/comm')
reached = []
paths = [f'/proc/1/fd/{n}' for n in range(20)] + [f'/proc/1/{name}' for name in (
    'mem', 'environ', 'cwd/x', 'root/tmp/x', 'stack', 'maps', 'clear_refs', 'task/1/fd/1', 'task/1/mem')]
for path in [*paths, *PUBLIC]:
    for flags in (os.O_RDONLY, os.O_WRONLY):
        try:
            fd = os.open(path, flags | os.O_NONBLOCK)
            if flags == os.O_WRONLY:
                os.write(fd, FORGED)
                reached.append('wrote ' + path)
            elif os.read(fd, 1) and path not in PUBLIC:
                reached.append('read ' + path)
        except OSError:
            pass
try:
    reached += ['listed ' + name for name in os.listdir('/proc/1/fd')]
except OSError:
    pass
# Checks that the program did not inherit a descriptor of the runner.
for fd in range(3, 64):
    try:
        os.write(fd, FORGED)
        reached.append(f'inherited {fd}')
    except OSError:
        pass
print(reached)
