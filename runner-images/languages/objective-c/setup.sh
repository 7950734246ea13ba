# clang does not search GCC's folder for the headers of the runtime. GNUstep includes the header for blocks under the
# name that another runtime uses.
ln -s "$(echo /usr/lib/gcc/*/14/include/objc)" /usr/include/objc
mkdir /usr/include/ObjectiveC2
for folder in /usr/include/objc /usr/include/ObjectiveC2; do
    echo '#include <Block.h>' > "$folder/blocks_runtime.h"
done
