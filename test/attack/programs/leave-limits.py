# Lowers its limits and changes everything that processes inherit.
import os, resource, signal, time
print('before', flush=True)
for name in dir(resource):
    if name.startswith('RLIMIT_') and name not in ('RLIMIT_AS', 'RLIMIT_DATA', 'RLIMIT_STACK', 'RLIMIT_CPU'):
        kind = getattr(resource, name)
        try:
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (1 << 16, 1 << 16) if hard < 0 or hard > 1 << 16 else (hard, hard))
        except (OSError, ValueError):
            pass
def tried(attempt, *arguments):
    try:
        attempt(*arguments)
    except (OSError, ValueError):
        pass
os.umask(0o777)
tried(os.nice, 19)
tried(os.sched_setaffinity, 0, {min(os.sched_getaffinity(0))})
tried(os.sched_setscheduler, 0, os.SCHED_IDLE, os.sched_param(0))
for number in range(1, signal.NSIG):
    tried(signal.signal, number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
for name, value in (('oom_score_adj', '1000'), ('timerslack_ns', '1000000'), ('coredump_filter', '0'), ('comm', 'planted')):
    for process in ('self', '1'):
        try:
            with open(f'/proc/{process}/{name}', 'w') as file:
                file.write(value)
        except OSError:
            pass
for kind, group in ((os.PRIO_PROCESS, 1), (os.PRIO_PGRP, 0), (os.PRIO_PGRP, 1), (os.PRIO_USER, 0)):
    tried(os.setpriority, kind, group, 19)
tried(os.sched_setaffinity, 1, {min(os.sched_getaffinity(0))})
tried(resource.prlimit, 1, resource.RLIMIT_NOFILE, (16, 16))
os.environ['PLANTED'] = 'planted'
os.chdir('/')
signal.alarm(2)
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
print('after', flush=True)
