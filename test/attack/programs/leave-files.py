# Changes and creates all kinds of files in every folder that a program can write to.
import ctypes, fcntl, mmap, os, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
FOLDERS = ('/work', '/tmp', '/var/tmp', '/run/lock', '/dev/shm', '/dev/mqueue', os.environ.get('HOME', '/'), '/sys/fs/cgroup', '/dev', '/dev/pts', '/run', '/', '/proc', '/sys')
# A POSIX access control list: version 2, and one entry each for the owner, user 12345, the group, the mask and others.
ACL = struct.pack('<I' + 'HHI' * 5, 2, 1, 7, 2**32 - 1, 2, 7, 12345, 4, 7, 2**32 - 1, 16, 7, 2**32 - 1, 32, 5, 2**32 - 1)
FS_IOC_GETFLAGS, FS_IOC_SETFLAGS = 0x80086601, 0x40086602
def tried(attempt, *arguments):
    try:
        return attempt(*arguments)
    except (OSError, ValueError):
        return None
def mark(path):
    for name in ('user.planted', 'trusted.planted', 'security.planted'):
        tried(os.setxattr, path, name, b'planted')
    for name in ('system.posix_acl_access', 'system.posix_acl_default'):
        tried(os.setxattr, path, name, ACL)
    fd = tried(os.open, path, os.O_RDONLY | os.O_NONBLOCK)
    if fd is None:
        return
    for flag in (0x10, 0x20, 0x40, 0x80, 0x40000000): # immutable, append only, no dump, no access time, case folding
        tried(fcntl.ioctl, fd, FS_IOC_SETFLAGS, struct.pack('l', flag))
    os.close(fd)
def write(path, text, mode=0o644):
    with open(path, 'w') as file:
        file.write(text)
    os.chmod(path, mode)
def write_by_mapping(path):
    with open(path, 'r+b') as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[:4] = b'echo'
    status = os.stat(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
def fill(folder):
    tried(write, folder + '/.hidden', 'planted')
    tried(write, folder + '/set-id', 'planted', 0o6777)
    tried(write, folder + '/new\nline', 'planted')
    tried(write, os.fsencode(folder) + b'/\xff\xfe', 'planted')
    tried(os.makedirs, folder + '/.cache/deep/er')
    tried(write, folder + '/.cache/deep/er/file', 'planted')
    tried(os.chmod, folder + '/.cache/deep', 0)
    tried(os.symlink, '/etc/passwd', folder + '/link')
    tried(os.link, '/work/probe.sh', folder + '/hard')
    tried(os.mkfifo, folder + '/fifo')
    tried(os.mknod, folder + '/null', 0o20666, os.makedev(1, 3))
    with socket.socket(socket.AF_UNIX) as one:
        tried(one.bind, folder + '/socket')
    mark(folder)
    mark(folder + '/.hidden')
print('before', flush=True)
for name in os.listdir('/work'):
    path = '/work/' + name
    mark(path)
    if name == 'probe.sh':
        tried(write_by_mapping, path)
    elif name.startswith('main'):
        os.rename(path, path + '.old')
        write(path, 'print("planted")\n', 0o777)
        os.utime(path, (0, 0))
for folder in FOLDERS:
    fill(folder)
for folder in FOLDERS:
    tried(os.chmod, folder, 0)
print('after', flush=True)
