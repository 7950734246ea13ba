/* `node`: starts Node with stdio.so, unless the caller preloads a library of its own, as the warm starter does. */
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_CANNOT_EXECUTE = 126 };

int main(int argc, char **argv) {
    (void)argc;
    if (setenv("LD_PRELOAD", "/opt/runonce/shared/node/stdio/stdio.so", 0) == 0)
        (void)execv("/opt/runonce/node-linux/bin/node", argv);
    return EXIT_CANNOT_EXECUTE;
}
