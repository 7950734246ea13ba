/* Starts the interpreter in /usr/bin that has the name of this command, with flush.so preloaded, unless the caller preloads
 * another library. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_CANNOT_EXECUTE = 126 };

int main(int argc, char **argv) {
    if (argc < 1)
        return EXIT_CANNOT_EXECUTE;
    const char *slash = strrchr(argv[0], '/');
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "/usr/bin/%s", slash == NULL ? argv[0] : slash + 1);
    if (length > 0 && length < (int)sizeof path && setenv("LD_PRELOAD", LIBRARY, 0) == 0)
        (void)execv(path, argv);
    return EXIT_CANNOT_EXECUTE;
}
