#include <stddef.h>

/* A program's text. */
struct source {
    const char *name;
    char *text; /* ends with a NUL beyond its length */
    size_t length;
};

/* Reads the file, or ends the process with 1 and a message. */
struct source source_read(const char *name);

/* Says on stderr what is wrong at this place of the program, what it wrote before being out, and ends the process with 1. */
_Noreturn void source_fail(const struct source *source, size_t line, size_t column, const char *message);

/* The same, the place being told by its offset; columns count bytes. */
_Noreturn void source_fail_at(const struct source *source, size_t offset, const char *message);

/* Memory filled with zeros, or the end of the process. */
void *zeroed(size_t count, size_t size);
