# Builds a library for LD_PRELOAD and removes the compiler. The setup.sh that sources this file must set:
#   library   path of the library
#   sources   its C files
#   flags     additional options of the compiler; can be empty
#   headers   additional packages with headers, which are removed afterwards; can be empty
#   command   path of a command that starts `program` with the library; can be empty
preload=/opt/runonce/shared/preload
packages install gcc libc6-dev $headers
compile="gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -I$preload"
$compile -fPIC -shared -fvisibility=hidden $flags -o "$library" $sources
if [ -n "$command" ]; then
    $compile -static -s -DPROGRAM="\"$program\"" -DLIBRARY="\"$library\"" -o "$command" $preload/launch.c
fi
packages purge gcc libc6-dev $headers
