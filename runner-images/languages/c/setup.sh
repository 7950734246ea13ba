driver=gcc language=c flags='-std=gnu17 -O2 -Wall -iquote .' libraries=-lm needed='m c'
headers='' plugin='' ending='' archive='' programs="$PWD/hello.c"
. /opt/runonce/shared/native/make.sh

# glot's image has clang, and its clients name it in their build commands, with -lm before the source.
printf '#!/bin/sh\nexec gcc -Wl,--no-as-needed "$@"\n' > /usr/bin/clang
chmod 755 /usr/bin/clang
