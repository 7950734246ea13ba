# Headers that most programs begin with, compiled once; with the very flags of the programs, or they would not be taken.
flags='-std=gnu++20 -O2 -Wall -iquote .'
mkdir -p /opt/runonce/pch
echo '#include <bits/stdc++.h>' > /opt/runonce/pch/all.h
echo '#include <iostream>' > /opt/runonce/pch/iostream.h
for header in all iostream; do
    g++ $flags -x c++-header "/opt/runonce/pch/$header.h" -o "/opt/runonce/pch/$header.h.gch"
done

# The build step, which is told the same flags.
list=$(printf '"%s", ' $flags)
gcc -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -D"CXX_FLAGS=${list%, }" -o compile compile.c

# glot's image has clang++, and its clients name it in their build commands, with -lm before the source.
printf '#!/bin/sh\nexec g++ -Wl,--no-as-needed "$@"\n' > /usr/bin/clang++
chmod 755 /usr/bin/clang++
