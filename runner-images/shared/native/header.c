/* A precompiled header is taken where it changes nothing: the compiler takes one a unit, and only before all else. The standard's
 * headers do not depend on their order, so one that the file includes before its first other line may come first. */
#include <stdio.h>
#include <string.h>

#include "native.h"
#include "recipe.h"

/* Far more than any list of includes at a program's start. */
enum { HEAD_BYTES = 16384, HEADER_COUNT = sizeof HEADERS / sizeof HEADERS[0] - 1 };

/* The text after white space and comments. */
static const char *skip_blank(const char *at) {
    for (;;) {
        at += strspn(at, " \t\r\n\f\v");
        if (strncmp(at, "//", 2) == 0) {
            at += strcspn(at, "\n");
            if (at[-1] == '\\') /* goes on in the next line: not worth the trouble */
                return "";
        } else if (strncmp(at, "/*", 2) == 0) {
            const char *end = strstr(at + 2, "*/");
            at = end == NULL ? "" : end + 2;
        } else {
            return at;
        }
    }
}

/* The text after `#include <name>`, with the name in `name`; NULL for anything else, a header in quotes too. */
static const char *read_include(const char *at, char name[64]) {
    int size = 0;
    if (sscanf(at, "# include <%63[^>\n]>%n", name, &size) != 1 || size == 0)
        return NULL;
    at += size;
    const char *rest = at + strspn(at, " \t\r");
    return *rest == '\n' || *rest == '\0' || *rest == '/' ? rest : NULL;
}

/* Notes which of HEADERS a file includes before its first other line. */
static void read_includes(const char *path, bool found[]) {
    char head[HEAD_BYTES], name[64];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return;
    size_t size = fread(head, 1, sizeof head - 1, file);
    (void)fclose(file);
    head[size] = '\0';
    for (const char *at = skip_blank(head);; at = skip_blank(at)) {
        at = read_include(at, name);
        if (at == NULL)
            return;
        for (size_t i = 0; HEADERS[i].name != NULL; i++)
            found[i] = found[i] || strcmp(name, HEADERS[i].name) == 0;
    }
}

/* HEADERS are in the order of how much they hold: the largest one that the file includes itself. */
const char *header_choose(const struct unit *unit) {
    bool found[HEADER_COUNT + 1] = {false};
    read_includes(unit->source, found);
    size_t choice = 0;
    while (HEADERS[choice].name != NULL && !found[choice])
        choice++;
    return HEADERS[choice].path;
}

bool header_matters(const char *messages) {
    return strstr(messages, HEADERS_FOLDER) != NULL || strstr(messages, "after instantiation") != NULL;
}
