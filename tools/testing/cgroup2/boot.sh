# Boots the guest. Runs as root in a private mount and PID namespace, which disappears with its processes.
# $1: root file system with linux.uml; $2: disk of the guest; $3: folder for changed blocks and output; $4: memory in MiB
# further arguments, NAME=FOLDER: contents of the second disk
# https://docs.kernel.org/virt/uml/user_mode_linux_howto_v2.html
set -eu
root=$1 disk=$2 work=$3 memory=$4
shift 4
nobody=65534
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
# The memory of the guest is a file in TMPDIR.
mount -t tmpfs -o "mode=1777,size=$((memory + 256))M" tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/mnt"
cd "$root/mnt"
mkdir work input
mount --bind "$work" work
touch disk.img
mount --bind -o ro "$disk" disk.img
for each in "$@"; do
  mkdir "input/${each%%=*}"
  mount --bind "${each#*=}" "input/${each%%=*}"
done
mke2fs -q -t ext4 -O ^has_journal -d input work/input.img 8G
chown "$nobody" work work/input.img work/output
# The kernel needs no privileges on the host. It writes changed blocks of the first disk to another file. Its io_uring
# corrupts memory when a process with a ring forks, as Node does.
chroot "$root" setpriv --reuid "$nobody" --regid "$nobody" --clear-groups --no-new-privs env -i HOME=/tmp TMPDIR=/tmp \
  linux.uml "mem=${memory}M" seccomp=auto uml_dir=/tmp/ con0=null,fd:1 con=null ssl=null \
  ubd0=/mnt/work/changes.img,/mnt/disk.img ubd1=/mnt/work/input.img root=/dev/ubda rw \
  sysctl.kernel.io_uring_disabled=2
