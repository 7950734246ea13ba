# Ends as the engine ends what is out of memory, and isn't.
import os, signal
print('before', flush=True)
os.kill(os.getpid(), signal.SIGKILL)
