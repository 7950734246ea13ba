/* Growing buffers, and lists of strings for execve(2): arguments and environments. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

void *array_reserve(void *items, size_t *capacity, size_t needed, size_t first, size_t item_bytes) {
    const size_t most = PTRDIFF_MAX / item_bytes; /* so that doubling does not overflow */
    size_t wanted = *capacity == 0 ? first : *capacity;
    while (wanted < needed && wanted <= most)
        wanted *= 2;
    if (wanted == *capacity)
        return items;
    if (wanted > most) {
        errno = ENOMEM;
        return NULL;
    }
    void *grown = realloc(items, wanted * item_bytes);
    if (grown != NULL)
        *capacity = wanted;
    return grown;
}

int buffer_reserve(char **buffer, size_t *capacity, size_t needed_bytes, size_t first_bytes) {
    char *grown = array_reserve(*buffer, capacity, needed_bytes, first_bytes, 1);
    if (grown == NULL)
        return -1;
    *buffer = grown;
    return 0;
}

/* Appends a string that the list will own, and frees it on an error. */
static int append(struct strings *list, char *text) {
    if (text == NULL)
        return -1;
    char **items = array_reserve(list->items, &list->capacity, list->count + 2, 32, sizeof *items);
    if (items == NULL) {
        free(text);
        return -1;
    }
    list->items = items;
    list->items[list->count++] = text;
    list->items[list->count] = NULL;
    return 0;
}

int strings_add(struct strings *list, const char *text, size_t size) {
    return append(list, strndup(text, size));
}

int strings_addf(struct strings *list, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    return size < 0 ? -1 : append(list, text);
}

int strings_set_variable(struct strings *list, const char *name, const char *value) {
    size_t name_size = strlen(name);
    for (size_t i = 0; i < list->count; i++) {
        if (strncmp(list->items[i], name, name_size) != 0 || list->items[i][name_size] != '=')
            continue;
        free(list->items[i]);
        list->items[i] = list->items[--list->count];
        list->items[list->count] = NULL;
        break;
    }
    return strings_addf(list, "%s=%s", name, value);
}

void strings_free(struct strings *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct strings){0};
}
