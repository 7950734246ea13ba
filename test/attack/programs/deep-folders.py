# Folders far deeper than a path can name, with a link back to the top in each.
import os
print('before', flush=True)
depth = 0
for depth in range(5000):
    os.mkdir('d' * 200)
    os.chdir('d' * 200)
    os.symlink('/', 'up')
print(depth + 1)
