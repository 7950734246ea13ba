# Compiles flush.so and start once for all languages with this folder; the compiler does not stay. A language's setup.sh links the
# name of its interpreter to start: ln -s /opt/runonce/shared/stdio-preload/start /usr/local/bin/gawk
preload=/opt/runonce/shared/preload
packages install gcc libc6-dev musl-tools
options='-std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE'
gcc $options -I$preload -fPIC -shared -fvisibility=hidden -o flush.so ../stdio-flush/flush.c $preload/forget.c
# With musl, the program is smaller than with glibc and starts sooner.
musl-gcc $options -static -s -DLIBRARY="\"$PWD/flush.so\"" -o start start.c
packages purge gcc libc6-dev musl-tools
# The packages have rewritten debconf's database, which is then a part of this layer too. Nothing reads it.
rm -f /var/cache/debconf/*.dat
