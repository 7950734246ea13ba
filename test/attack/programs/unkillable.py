# Ignores and blocks what can be, in itself and in a child, and never ends.
import os, signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
print('before', flush=True)
os.fork()
while True:
    pass
