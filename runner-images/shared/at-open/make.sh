# Makes /opt/runonce/at-open.so of at-open.c; the compiler does not stay. The setup.sh that reads this has set:
#   script   the main file's name, for which the interpreter waits: main.php
packages install gcc libc6-dev
gcc -std=gnu17 -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -D_GNU_SOURCE "-DSCRIPT=\"$script\"" \
    -o /opt/runonce/at-open.so /opt/runonce/shared/at-open/at-open.c
packages purge gcc libc6-dev
