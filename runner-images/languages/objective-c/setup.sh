# clang does not look where GCC keeps the runtime's headers; GNUstep asks for the blocks' header by another runtime's name.
ln -s "$(echo /usr/lib/gcc/*/14/include/objc)" /usr/include/objc
mkdir /usr/include/ObjectiveC2
for folder in /usr/include/objc /usr/include/ObjectiveC2; do
    echo '#include <Block.h>' > "$folder/blocks_runtime.h"
done
