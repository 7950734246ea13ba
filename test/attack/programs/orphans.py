# Leaves three hundred dead grandchildren that the runner must reap; the process limit is 128.
import os
for _ in range(300):
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            os._exit(0)
        os._exit(0)
    os.waitpid(child, 0)
print('all gone')
