# A child process kills every process that it can, including the program, but not the runner.
import os, signal, time
print('before', flush=True)
if os.fork() == 0:
    os.kill(-1, signal.SIGKILL)
    os._exit(0)
time.sleep(30)
