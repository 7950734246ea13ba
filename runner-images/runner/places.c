/* The folders that a program may write to: the work dir, the home, the usual folders for temporary files, and every tmpfs. The
 * root file system is read-only in the service's containers. In other containers, a program that is not root may write only to
 * these folders. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

static const char *const USUAL[] = {"/tmp", "/var/tmp", "/run/lock", "/dev/shm", "/dev/mqueue", "/home/glot"};

/* Adds a folder that exists and is writable, by its real path. */
static int add(struct strings *places, const char *path) {
    char real[PATH_MAX];
    if (path == NULL || realpath(path, real) == NULL || strcmp(real, "/") == 0 || strcmp(real, "/dev") == 0 ||
        access(real, W_OK | X_OK) < 0)
        return 0;
    return strings_add(places, real, strlen(real));
}

/* The mount point is the fifth word of a line, and the file system's type is the first after ` - `, proc(5). */
static int add_mounts(struct strings *places, const char *mounts) {
    char line[2 * PATH_MAX], path[PATH_MAX];
    int result = 0;
    FILE *lines = fopen(mounts, "re");
    if (lines == NULL)
        return 0;
    while (result == 0 && fgets(line, sizeof line, lines) != NULL) {
        const char *type = strstr(line, " - ");
        if (type != NULL && strncmp(type + 3, "tmpfs ", 6) == 0 && sscanf(line, "%*s %*s %*s %*s %4095s", path) == 1)
            result = add(places, path);
    }
    fclose(lines);
    return result;
}

static int by_path(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_within(const char *path, const char *folder) {
    size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && (path[size] == '\0' || path[size] == '/');
}

/* Removes folders that are inside another folder of the list. After sorting, a folder comes before the folders in it. */
static void remove_nested(struct strings *places) {
    size_t kept = 0;
    if (places->count > 0)
        qsort(places->items, places->count, sizeof *places->items, by_path);
    for (size_t i = 0; i < places->count; i++) {
        bool nested = false;
        for (size_t j = 0; j < kept && !nested; j++)
            nested = is_within(places->items[i], places->items[j]);
        if (nested)
            free(places->items[i]);
        else
            places->items[kept++] = places->items[i];
    }
    places->count = kept;
}

int places_find(struct strings *places, const char *work_dir, const char *mounts) {
    *places = (struct strings){0};
    int result = add(places, work_dir) < 0 || add(places, getenv("HOME")) < 0 || add_mounts(places, mounts) < 0 ? -1 : 0;
    for (size_t i = 0; result == 0 && i < sizeof USUAL / sizeof USUAL[0]; i++)
        result = add(places, USUAL[i]);
    remove_nested(places);
    return result;
}
