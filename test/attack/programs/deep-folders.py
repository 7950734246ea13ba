# Creates folders that are deeper than the longest path, each with a link to the top folder.
import os
print('before', flush=True)
depth = 0
for depth in range(5000):
    os.mkdir('d' * 200)
    os.chdir('d' * 200)
    os.symlink('/', 'up')
print(depth + 1)
