/* Growing buffers, and lists of strings for execve(2): arguments and environments. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

int buffer_reserve(char **buffer, size_t *capacity, size_t needed_bytes, size_t first_bytes) {
    size_t wanted = *capacity == 0 ? first_bytes : *capacity;
    while (wanted < needed_bytes)
        wanted *= 2;
    if (wanted == *capacity)
        return 0;
    char *grown = realloc(*buffer, wanted);
    if (grown == NULL)
        return -1;
    *buffer = grown;
    *capacity = wanted;
    return 0;
}

/* Appends a string that the list will own, and frees it on an error. */
static int append(struct strings *list, char *text) {
    if (text == NULL)
        return -1;
    if (list->count + 1 >= list->capacity) {
        size_t capacity = list->capacity == 0 ? 32 : list->capacity * 2;
        char **items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL) {
            free(text);
            return -1;
        }
        list->items = items;
        list->capacity = capacity;
    }
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
