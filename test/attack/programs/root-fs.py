# Lists the writable files and folders outside the writable directories of the container.
import os
OWN = ('/work', '/tmp', '/dev/shm', '/dev/mqueue', '/proc')
written = []
for top, folders, files in os.walk('/'):
    folders[:] = [] if top in OWN else folders
    if top in OWN:
        continue
    try:
        with open(os.path.join(top, 'planted'), 'x'):
            written.append(top)
    except OSError:
        pass
    # Checks all folders, but only some files of each folder.
    for name in files[:5]:
        path = os.path.join(top, name)
        if not os.path.isfile(path) or os.path.islink(path):
            continue
        for change in (lambda: os.chmod(path, 0o777), lambda: os.rename(path, path + '.old'), lambda: os.unlink(path), lambda: open(path, 'a').close()):
            try:
                change()
                written.append(path)
            except OSError:
                pass
print(written)
