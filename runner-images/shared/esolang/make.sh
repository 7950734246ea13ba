# Compiles an interpreter in this folder to /usr/local/bin and removes the compiler. The setup.sh that sources this
# file must set:
#   interpreter   name of the interpreter: brainfuck
packages install gcc libc6-dev
gcc -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o "/usr/local/bin/$interpreter" \
    "/opt/runonce/shared/esolang/$interpreter.c" /opt/runonce/shared/esolang/source.c \
    /opt/runonce/shared/stdio-flush/flush.c
packages purge gcc libc6-dev
