# Leaves everything in the work folder that is not a regular file, and replaces a file with a link repeatedly until it
# is killed.
import os, socket
os.symlink('/etc/passwd', 'link')
os.symlink('/etc', 'folder-link')
os.symlink('loop', 'loop')
os.symlink('/proc/1/environ', 'environ')
os.mkfifo('fifo')
socket.socket(socket.AF_UNIX).bind('socket')
os.mkdir('closed')
open('closed/file', 'w').close()
os.chmod('closed', 0)
open('unreadable', 'w').close()
os.chmod('unreadable', 0)
with open('sparse', 'wb') as file:
    file.truncate(1 << 30)
with open('binary', 'wb') as file:
    file.write(bytes(range(256)))
if os.fork() == 0:
    os.setsid()
    while True:
        os.symlink('/etc/passwd', 'new')
        os.rename('new', 'swapped')
        open('new', 'w').close()
        os.rename('new', 'swapped')
print('after', flush=True)
