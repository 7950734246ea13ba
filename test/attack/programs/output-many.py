# Leaves 120,000 files.
import os
for folder in range(120):
    os.mkdir(f'{folder}')
    for name in range(1000):
        os.close(os.open(f'{folder}/{name}', os.O_WRONLY | os.O_CREAT))
print('after')
