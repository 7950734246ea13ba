# Compiles one of the interpreters here to /usr/local/bin; the compiler does not stay. The setup.sh that reads this has set:
#   interpreter   its name: brainfuck
packages install gcc libc6-dev
gcc -std=gnu17 -O2 -Wall -Wextra -Werror -o "/usr/local/bin/$interpreter" \
    "/opt/runonce/shared/esolang/$interpreter.c" /opt/runonce/shared/esolang/source.c
packages purge gcc libc6-dev
