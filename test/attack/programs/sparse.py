# Creates a sparse file of a terabyte and reads a hole.
import mmap, os
print('before', flush=True)
with open('sparse', 'w+b') as file:
    os.truncate('sparse', 1 << 40)
    view = mmap.mmap(file.fileno(), 1 << 40, prot=mmap.PROT_READ)
    for at in range(0, 1 << 40, 1 << 12):
        view[at]
