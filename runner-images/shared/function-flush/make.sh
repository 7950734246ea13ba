# Builds flush.so and the command that starts the interpreter with it. The setup.sh that sources this file must set:
#   function  the function of the interpreter that writes its buffered output; the interpreter must export it
#   program   path of the interpreter
preload=/opt/runonce/shared/preload
packages install gcc libc6-dev musl-tools
options='-std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE'
gcc $options -I$preload -fPIC -shared -fvisibility=hidden -DFLUSH="$function" -o flush.so \
    /opt/runonce/shared/function-flush/flush.c $preload/forget.c
# With musl, the program is smaller than with glibc and starts sooner.
musl-gcc $options -static -s -DPROGRAM="\"$program\"" -DLIBRARY="\"$PWD/flush.so\"" \
    -o "/usr/local/bin/$(basename "$program")" $preload/launch.c
packages purge gcc libc6-dev musl-tools
# The packages have rewritten debconf's database, which is then a part of this layer too. Nothing reads it.
rm -f /var/cache/debconf/*.dat
