# Sends every signal to the runner.
import os, time
print('before', flush=True)
for number in range(1, 65):
    try:
        os.kill(1, number)
    except OSError:
        pass
time.sleep(0.3)
print('after', flush=True)
