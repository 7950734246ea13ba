/* Chooses a precompiled header for a file, if this does not change the program. The compiler accepts one precompiled
 * header for each translation unit, and only at its start. The headers of the standard library do not depend on their
 * order, so a header can move to the start if only other #include <…> lines and comments precede it. */
#include <stdio.h>
#include <string.h>

#include "native.h"
#include "recipe.h"

/* Much more than the #include lines at the start of any program. */
enum { HEAD_BYTES = 16384, HEADER_COUNT = sizeof HEADERS / sizeof HEADERS[0] - 1 };

/* Returns the position after white space and comments. */
static const char *skip_blank(const char *at) {
    for (;;) {
        at += strspn(at, " \t\r\n\f\v");
        if (strncmp(at, "//", 2) == 0) {
            at += strcspn(at, "\n");
            if (at[-1] == '\\') /* The comment continues on the next line. This is rare and not handled. */
                return "";
        } else if (strncmp(at, "/*", 2) == 0) {
            const char *end = strstr(at + 2, "*/");
            at = end == NULL ? "" : end + 2;
        } else {
            return at;
        }
    }
}

/* Returns the position after `#include <name>`, and the name in `name`. Returns NULL for other text, including a
 * header in quotes. */
static const char *read_include(const char *at, char name[64]) {
    int size = 0;
    if (sscanf(at, "# include <%63[^>\n]>%n", name, &size) != 1 || size == 0)
        return NULL;
    at += size;
    const char *rest = at + strspn(at, " \t\r");
    return *rest == '\n' || *rest == '\0' || *rest == '/' ? rest : NULL;
}

/* Records which of HEADERS the file includes before its first other line. */
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

/* HEADERS are sorted by size, so this is the largest header that the file includes itself. */
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
