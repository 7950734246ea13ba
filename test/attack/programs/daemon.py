# A grandchild leaves the session, keeps stdout open and runs for a minute.
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(1, b'grandchild\n')
        time.sleep(60)
        os.write(1, b'never\n')
    os._exit(0)
os.wait()
time.sleep(0.2)
print('done', flush=True)
