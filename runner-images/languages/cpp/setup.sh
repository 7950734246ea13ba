# Only this script needs the plugin. The image contains neither the plugin nor the headers for plugins.
version=$(g++ -dumpversion)
packages install "gcc-$version-plugin-dev"
g++ -O1 -Wall -fno-rtti -fPIC -shared -I"$(g++ -print-file-name=plugin)/include" -o /tmp/instantiate.so instantiate.cc
packages purge "gcc-$version-plugin-dev"

driver=g++ language=c++ flags='-std=gnu++23 -O2 -Wall -iquote .' libraries=-lstdc++exp needed='stdc++ m gcc_s c'
precompiled=/opt/runonce/precompiled
mkdir "$precompiled"
cp instances.h "$precompiled"
g++ $flags -c -o /tmp/instances.o instances.cc
archive=$precompiled/libinstances.a
ar rcs "$archive" /tmp/instances.o

headers='bits/stdc++.h regex iostream' plugin=-fplugin=/tmp/instantiate.so ending='#include "instances.h"
#pragma runonce instantiate'
programs="$PWD/hello.cpp $PWD/sample.cpp $PWD/sample-iostream.cpp $PWD/sample-regex.cpp"
. /opt/runonce/shared/native/make.sh

# glot has one image for C and C++, and this image replaces it. Clients of glot use clang and clang++ in their build
# commands, with -lm before the source file.
printf '#!/bin/sh\nexec g++ -Wl,--no-as-needed "$@"\n' > /usr/bin/clang++
printf '#!/bin/sh\nexec gcc -Wl,--no-as-needed "$@"\n' > /usr/bin/clang
chmod 755 /usr/bin/clang++ /usr/bin/clang
