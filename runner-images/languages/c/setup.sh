driver=gcc language=c flags='-std=gnu17 -O2 -Wall -iquote .' libraries=-lm needed='m c'
headers='' plugin='' ending='' archive='' programs="$PWD/hello.c"
. /opt/runonce/shared/native/make.sh

# Clients of glot use clang in their build commands, because glot's image contains it, with -lm before the source
# file.
printf '#!/bin/sh\nexec gcc -Wl,--no-as-needed "$@"\n' > /usr/bin/clang
chmod 755 /usr/bin/clang
