# Leaves daemons: one ignores all signals, one is stopped, one forks endlessly, and one writes files until it is killed.
import os, signal, time
print('before', flush=True)
def daemon(work):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, signal.NSIG):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            while True:
                work()
        os._exit(0)
    os.wait()
def write():
    for folder in ('/work', '/tmp', '/dev/shm'):
        try:
            with open(f'{folder}/alive-{time.monotonic_ns()}', 'w') as file:
                file.write('x' * 100)
        except OSError:
            pass
    time.sleep(0.005)
def reborn():
    time.sleep(0.001)
    if os.fork() > 0:
        os._exit(0)
daemon(lambda: time.sleep(1))
daemon(lambda: os.kill(os.getpid(), signal.SIGSTOP))
daemon(reborn)
daemon(write)
time.sleep(0.3)
print('after', flush=True)
