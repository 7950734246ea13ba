# Ignores and blocks all possible signals, also in a child, and never exits.
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
