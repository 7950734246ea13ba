/* For any pattern and path, the matcher returns the same as a simple recursive matcher, which takes exponential time.
 * The input is the pattern, a NUL byte, and the path. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"

/* Longer input would take the recursive matcher too long. */
enum { MOST_BYTES = 48, MOST_STARS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t character(const char *text, size_t *length) {
    if (utf8_next(text, strlen(text), length) != UTF8_VALID) {
        *length = 1;
        return 0x80000000U + (unsigned char)text[0];
    }
    uint32_t value = *length == 1 ? (unsigned char)text[0] : (unsigned char)text[0] & (0x7fU >> *length);
    for (size_t i = 1; i < *length; i++)
        value = value << 6 | ((unsigned char)text[i] & 0x3fU);
    return value;
}

/* The byte after the `]` of the set that begins at text, or NULL. */
static const char *set_end(const char *text) {
    size_t length;
    const char *at = text + (text[0] == '!' || text[0] == '^');
    for (const char *first = at; *at != '\0' && *at != '/'; ) {
        if (*at == ']' && at > first)
            return at + 1;
        (void)character(at, &length);
        at += length;
        if (*at == '-' && at[1] != ']' && at[1] != '\0' && at[1] != '/') {
            (void)character(at + 1, &length);
            at += 1 + length;
        }
    }
    return NULL;
}

static bool in_set(const char *at, const char *end, uint32_t wanted) {
    size_t length;
    bool negated = *at == '!' || *at == '^';
    bool found = false;
    for (at += negated; at < end - 1;) {
        uint32_t low = character(at, &length), high = low;
        at += length;
        if (*at == '-' && at + 1 < end - 1) {
            high = character(at + 1, &length);
            at += 1 + length;
        }
        found = found || (low <= wanted && wanted <= high);
    }
    return found != negated;
}

static bool is_end(char byte) {
    return byte == '\0' || byte == '/';
}

static const char *next_part(const char *text) {
    while (!is_end(*text))
        text++;
    return *text == '/' ? text + 1 : NULL;
}

static bool match_part(const char *pattern, const char *name) {
    size_t length, name_length;
    if (*pattern == '*')
        return match_part(pattern + 1, name) || (!is_end(*name) && ((void)character(name, &name_length), match_part(pattern, name + name_length)));
    if (is_end(*pattern) || is_end(*name))
        return is_end(*pattern) && is_end(*name);
    uint32_t wanted = character(name, &name_length);
    const char *end = *pattern == '[' ? set_end(pattern + 1) : NULL;
    if (end != NULL)
        return in_set(pattern + 1, end, wanted) && match_part(end, name + name_length);
    bool same = character(pattern, &length) == wanted || *pattern == '?';
    return same && match_part(pattern + length, name + name_length);
}

static bool is_skipped(const char *part) {
    return is_end(part[0]) || (part[0] == '.' && is_end(part[1]));
}

/* NULL means the end of a pattern or path. Empty components and `.` are skipped. */
static bool match_path(const char *pattern, const char *path) {
    if (pattern != NULL && is_skipped(pattern))
        return match_path(next_part(pattern), path);
    if (path != NULL && is_skipped(path))
        return match_path(pattern, next_part(path));
    if (pattern == NULL)
        return path == NULL;
    if (strncmp(pattern, "**", 2) == 0 && is_end(pattern[2])) {
        const char *rest = next_part(pattern);
        while (rest != NULL && is_skipped(rest))
            rest = next_part(rest);
        if (rest == NULL)
            return path != NULL;
        return match_path(rest, path) || (path != NULL && match_path(pattern, next_part(path)));
    }
    return path != NULL && match_part(pattern, path) && match_path(next_part(pattern), next_part(path));
}

static bool matches(const struct glob *glob, char *path) {
    char *rest = NULL;
    glob_states states = glob_start(glob);
    for (char *part = strtok_r(path, "/", &rest); part != NULL; part = strtok_r(NULL, "/", &rest))
        if (strcmp(part, ".") != 0)
            states = glob_step(glob, states, part);
    return glob_is_match(glob, states);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct glob glob;
    size_t stars = 0;
    char text[MOST_BYTES + 2] = "";
    if (size > MOST_BYTES)
        return 0;
    memcpy(text, data, size);
    char *path = text + strlen(text) + 1;
    if (path > text + size)
        path = text + size + 1;
    for (const char *at = text; *at != '\0'; at++)
        stars += *at == '*';
    const char *wrong = glob_parse(&glob, text, strlen(text));
    if ((wrong != NULL) != (file_name_error(text, strlen(text)) != NULL))
        abort();
    if (wrong != NULL || stars > MOST_STARS)
        return 0;
    bool expected = match_path(text, path);
    if (matches(&glob, path) != expected)
        abort();
    return 0;
}
