/* Starts PROGRAM with LIBRARY preloaded, unless the caller preloads a library itself, as a warm interpreter does. */
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_CANNOT_EXECUTE = 126 };

int main(int argc, char **argv) {
    (void)argc;
    if (setenv("LD_PRELOAD", LIBRARY, 0) == 0)
        (void)execv(PROGRAM, argv);
    return EXIT_CANNOT_EXECUTE;
}
