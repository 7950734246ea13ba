#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outputs_scene.h"

/* Creates a folder, opens it, and closes its parent. */
static int enter_new(int parent_fd, const char *name) {
    EXPECT(mkdirat(parent_fd, name, 0755) == 0);
    int fd = openat(parent_fd, name, O_RDONLY | O_CLOEXEC);
    close(parent_fd);
    return fd;
}

static void bounded(void) {
    char path[64], name[16];
    int dir_fd = fresh_folder(path), fd = dup(dir_fd);
    for (int i = 0; i < 40; i++)
        fd = enter_new(fd, "d");
    struct output_files files = outputs_of(dir_fd, PATTERNS("**"), MANY);
    EXPECT(files.count == 1 && files.items[0].error != NULL && strcmp(files.items[0].error, "the folder is too deep") == 0);
    output_files_free(&files);
    for (int i = 0; i < 1100; i++) {
        (void)snprintf(name, sizeof name, "f%04d", i);
        put_bytes(dir_fd, name, "", 0);
    }
    files = outputs_of(dir_fd, PATTERNS("f*"), MANY);
    EXPECT(files.count == 1001 && strcmp(files.items[1000].name, ".") == 0 && files.items[1000].error != NULL);
    EXPECT(files.items[31].fd >= 0 && files.items[32].fd < 0);
    output_files_free(&files);
    close(fd);
    close(dir_fd);
}

/* The runner has a buffer of PATH_MAX bytes for a path. */
static void long_paths(void) {
    enum { LEVELS = 20, LISTED = 14 };
    char path[64], name[NAME_MAX + 1];
    int dir_fd = fresh_folder(path), fd = dup(dir_fd);
    memset(name, 'd', NAME_MAX);
    name[NAME_MAX] = '\0';
    for (int i = 0; i < LEVELS; i++) {
        fd = enter_new(fd, name);
        put_bytes(fd, "file", "", 0);
    }
    struct output_files files = outputs_of(dir_fd, PATTERNS("**"), MANY);
    EXPECT(files.count == LISTED + 1);
    size_t refused = 0;
    for (size_t i = 0; i < files.count; i++)
        if (files.items[i].error != NULL) {
            refused++;
            EXPECT(strcmp(files.items[i].error, "the folder is too deep") == 0 && strlen(files.items[i].name) == (LISTED + 1) * (NAME_MAX + 1) - 1);
        }
    EXPECT(refused == 1);
    output_files_free(&files);
    close(fd);
    close(dir_fd);
}

void outputs_bounds_tests(void) {
    test("the depth of folders and the number of files are limited", bounded);
    test("a folder whose path is too long is listed with an error", long_paths);
}
