/* Compiles the payload's files, which are the arguments of this program, into ./a.out. */
#include <stdlib.h>
#include <unistd.h>

#include "native.h"

/* Whether the driver would not treat the argument as a file name. */
static bool is_plain(const char *name) {
    return name[0] != '-' && name[0] != '@';
}

/* Variables that only the driver reads. Source: gcc(1), Environment Variables Affecting GCC. */
static bool environment_is_plain(void) {
    static const char *const NAMES[] = {"COMPILER_PATH", "GCC_COMPARE_DEBUG", "GCC_EXEC_PREFIX", "LIBRARY_PATH", "TMPDIR"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (getenv(NAMES[i]) != NULL)
            return false;
    return true;
}

/* Compiles all files, even after a file with errors, as the driver does. */
static int build(struct unit *units, size_t count) {
    int worst = 0;
    for (size_t i = 0; i < count; i++) {
        int failed = stage_compile(&units[i], header_choose(&units[i]));
        if (failed < 0)
            return -1;
        if (failed > 0)
            worst = failed;
    }
    return worst != 0 ? worst : stage_link(units, count);
}

static void remove_objects(const struct unit *units, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (units[i].object[0] != '\0')
            (void)unlink(units[i].object);
}

int main(int argc, char **argv) {
    size_t count = argc < 1 ? 0 : (size_t)argc - 1;
    struct unit *units = calloc(count + 1, sizeof *units);
    if (units == NULL)
        return 1;
    bool plain = count > 0 && environment_is_plain();
    for (size_t i = 0; i < count; i++) {
        units[i].source = argv[i + 1];
        plain = plain && is_plain(argv[i + 1]);
    }
    int code = plain ? build(units, count) : -1;
    remove_objects(units, count);
    if (code < 0)
        driver_run(units, count);
    free(units);
    return code;
}
