# Tries to gain privileges with the available tools.
try () { "$@" < /dev/null > /dev/null 2>&1 && echo "succeeded: $*"; }
try mount -t tmpfs none /mnt
try umount /proc
try umount -l /sys
try unshare -U true
try unshare -r true
try unshare -m true
try nsenter -t 1 -m true
try su -c true
try su root -c true
try sudo true
try newgrp root
try chroot /tmp true
try hostname planted
try dmesg
try date -s 2000-01-01
try sysctl -w kernel.core_pattern=x
try mknod /tmp/null c 1 3
try chown root main.sh
try swapoff -a
try setpriv --reuid 0 true
try renice -n -5 -p $$
find / -xdev -perm /6000 2>/dev/null | sed 's/^/succeeded: set-id file /'
echo end
