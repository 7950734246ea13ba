#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail_file(const char *name)
{
    fprintf(stderr, "%s: %s\n", name, strerror(errno));
    exit(1);
}

void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static struct source source_read(const char *name)
{
    struct source source = {.name = name};
    FILE *file = fopen(name, "rb");
    if (file == NULL) fail_file(name);
    size_t room = 4096;
    source.text = zeroed(room + 1, 1);
    for (;;) {
        size_t got = fread(source.text + source.length, 1, room - source.length, file);
        source.length += got;
        if (got == 0) break;
        if (source.length < room) continue;
        room *= 2;
        char *larger = realloc(source.text, room + 1);
        if (larger == NULL) fail_file(name);
        source.text = larger;
    }
    if (ferror(file)) fail_file(name);
    (void)fclose(file); /* loses no data, because the file is only read */
    source.text[source.length] = '\0';
    return source;
}

struct source source_of_arguments(const char *interpreter, int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s <file>\n", interpreter);
        exit(2);
    }
    if (strcmp(argv[1], "--version") == 0) exit(printf("%s 1.0\n", interpreter) < 0);
    return source_read(argv[1]);
}

_Noreturn void source_fail(const struct source *source, size_t line, size_t column, const char *message)
{
    (void)fflush(stdout); /* An error of the flush is ignored, because the program is ending anyway */
    fprintf(stderr, "%s:%zu:%zu: %s\n", source->name, line, column, message);
    exit(1);
}

_Noreturn void source_fail_at(const struct source *source, size_t offset, const char *message)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset; i++) {
        column++;
        if (source->text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    source_fail(source, line, column, message);
}
