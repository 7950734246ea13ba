# Makes a library that an interpreter is started with (LD_PRELOAD); the compiler does not stay. The setup.sh that reads this has set:
#   library   its path
#   sources   in C
#   flags     the compiler's further ones; may be empty
#   headers   packages that the sources need beside the C library's, which do not stay either; may be empty
#   command   the path of a command that starts `program` with the library; may be empty
preload=/opt/runonce/shared/preload
packages install gcc libc6-dev $headers
compile="gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -I$preload"
$compile -fPIC -shared -fvisibility=hidden $flags -o "$library" $sources
if [ -n "$command" ]; then
    $compile -static -s -DPROGRAM="\"$program\"" -DLIBRARY="\"$library\"" -o "$command" $preload/launch.c
fi
packages purge gcc libc6-dev $headers
