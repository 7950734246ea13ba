# The compiler alone: its package depends on neko's, which brings a desktop's libraries. Programs run in the compiler's own interpreter.
cd /tmp
apt-get update
apt-get download haxe
dpkg-deb --fsys-tarfile haxe_*.deb | tar -xf - -C / --exclude='./usr/share/doc' --exclude='./usr/share/man' ./usr
