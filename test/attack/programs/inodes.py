import os
print('before', flush=True)
i = 0
while True:
    try:
        os.mkdir(f'/dev/shm/{i}')
    except OSError:
        pass
    i += 1
