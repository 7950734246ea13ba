# Makes a library that an interpreter is started with (LD_PRELOAD); the compiler does not stay. The setup.sh that reads this has set:
#   library   its path
#   sources   in C
#   flags     the compiler's further ones; may be empty
#   headers   packages that the sources need beside the C library's, which do not stay either; may be empty
packages install gcc libc6-dev $headers
gcc -std=gnu17 -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -D_GNU_SOURCE -I/opt/runonce/shared/preload $flags -o "$library" $sources
packages purge gcc libc6-dev $headers
