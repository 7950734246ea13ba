# Fills every writable file system, all of which use memory, and then allocates memory.
import os
print('before', flush=True)
for folder in ('/tmp', '/work', '/dev/shm'):
    try:
        with open(folder + '/fill', 'wb') as file:
            while True:
                file.write(b'x' * (1 << 20))
                file.flush()
    except OSError as error:
        print(folder, error.strerror, flush=True)
hold = []
while True:
    hold.append(b'x' * (1 << 20))
