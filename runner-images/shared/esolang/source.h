#include <stddef.h>

/* A program's text. */
struct source {
    const char *name;
    char *text; /* ends with a NUL beyond its length */
    size_t length;
};

/* Reads the file that the interpreter's first argument names, or ends the process with 1 and a message. Without an argument, it
 * prints the usage and ends the process with 2; with --version, it prints the version and ends the process. */
struct source source_of_arguments(const char *interpreter, int argc, char **argv);

/* Flushes the program's output, prints the place and the message on stderr, and ends the process with 1. */
_Noreturn void source_fail(const struct source *source, size_t line, size_t column, const char *message);

/* The same for an offset. Columns count bytes. */
_Noreturn void source_fail_at(const struct source *source, size_t offset, const char *message);

/* Allocates memory filled with zeros, or ends the process with 1 and a message. */
void *zeroed(size_t count, size_t size);
