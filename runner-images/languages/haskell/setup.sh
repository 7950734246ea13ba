# All programs are linked with main.c and RunonceFlush.hs, which keep output at the time limit.
ghc -v0 -dynamic -fPIC -O1 -c RunonceFlush.hs
mv RunonceFlush.o /tmp/handler.o
ghc -v0 -dynamic -fPIC -optc-O2 -optc-Wall -optc-Werror -c main.c -o /tmp/main.o
ld -r -o main.o /tmp/handler.o /tmp/main.o
rm -f RunonceFlush.*

# All commands link programs with the shared libraries, because this is faster and the static libraries can be left
# out of the image. With -fno-omit-yields, a loop without allocations can be interrupted.
printf '#!/bin/sh\nexec /usr/bin/ghc -dynamic -fno-omit-yields -optl%s "$@"\n' "$PWD/main.o" > /usr/local/bin/ghc
chmod 755 /usr/local/bin/ghc
