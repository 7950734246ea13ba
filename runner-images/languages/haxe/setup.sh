# Installs only the compiler, because its package depends on neko, which depends on graphical libraries. The
# compiler's interpreter runs the programs.
cd /tmp
apt-get update
apt-get download haxe
dpkg-deb --fsys-tarfile haxe_*.deb | tar -xf - -C / --exclude='./usr/share/doc' --exclude='./usr/share/man' ./usr
