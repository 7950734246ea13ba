#include <stddef.h>

/* A program's text. */
struct source {
    const char *name;
    char *text; /* followed by a NUL that `length` does not count */
    size_t length;
};

/* Reads the file named by the first argument. On an error, prints a message and exits with 1. Without an argument,
 * prints the usage and exits with 2. With --version, prints the version and exits. */
struct source source_of_arguments(const char *interpreter, int argc, char **argv);

/* Flushes the program's output, prints the position and the message on stderr, and exits with 1. */
_Noreturn void source_fail(const struct source *source, size_t line, size_t column, const char *message);

/* Like source_fail(), for a byte offset. Columns count bytes. */
_Noreturn void source_fail_at(const struct source *source, size_t offset, const char *message);

/* Allocates memory filled with zeros. On an error, prints a message and exits with 1. */
void *zeroed(size_t count, size_t size);
