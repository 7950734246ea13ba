/* Finds the files that the payload's `outputs` name, after the program has ended. The program chose every name, type and size here,
 * so the walk follows no link, waits for no FIFO, and is bounded in depth, entries, matches and time. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"

enum { MOST_DEPTH = 32, MOST_ENTRIES = 100000, MOST_MATCHES = 1000 };
static const int64_t MOST_NS = 2LL * NS_PER_S;

struct walk {
    const struct globs *globs;
    struct output_files *files;
    int64_t until_ns;
    size_t entries;
    char path[PATH_MAX];
};

/* For each pattern, the components that can match the entries of a folder. */
struct states {
    glob_states of[MOST_GLOBS];
};

/* Why a file of this type is not returned, or NULL for a regular file. */
static const char *type_error(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFREG:
        return NULL;
    case S_IFLNK:
        return "not a regular file (symbolic link)";
    case S_IFIFO:
        return "not a regular file (FIFO)";
    case S_IFSOCK:
        return "not a regular file (socket)";
    case S_IFDIR:
        return "not a regular file (directory)";
    default:
        return "not a regular file (device)";
    }
}

static struct output_file *add_file(struct output_files *files, const char *name, const char *error) {
    struct output_file *items = array_reserve(files->items, &files->capacity, files->count + 1, 16, sizeof *items);
    if (items == NULL)
        return NULL;
    files->items = items;
    char *copy = strdup(name);
    if (copy == NULL)
        return NULL;
    files->items[files->count] = (struct output_file){.name = copy, .fd = -1, .error = error};
    return &files->items[files->count++];
}

/* Why the walk has to stop, or NULL. */
static const char *walk_limit(struct walk *walk) {
    if (walk->entries++ >= MOST_ENTRIES)
        return "too many files: the rest is not listed";
    if (walk->files->count >= MOST_MATCHES)
        return "too many files match: the rest is not listed";
    return walk->entries % 256 == 0 && clock_ns() > walk->until_ns ? "the search took too long: the rest is not listed" : NULL;
}

/* Sets the states after a name. Returns whether a pattern matches it, and sets *literal if that pattern has no wildcard, and
 * *may_continue if a pattern can match below it. */
static bool step(const struct globs *globs, const struct states *states, const char *name, struct states *next, bool *literal,
                 bool *may_continue) {
    bool matches = false;
    *literal = *may_continue = false;
    for (size_t i = 0; i < globs->count; i++) {
        const struct glob *glob = &globs->items[i];
        next->of[i] = states->of[i] == 0 ? 0 : glob_step(glob, states->of[i], name);
        *may_continue = *may_continue || glob_may_continue(glob, next->of[i]);
        if (!glob_is_match(glob, next->of[i]))
            continue;
        matches = true;
        *literal = *literal || glob->is_literal;
    }
    return matches;
}

static const char *walk_folder(struct walk *walk, int folder_fd, size_t path_size, const struct states *states, int depth);

/* Returns why the walk has to stop, or NULL. */
static const char *enter(struct walk *walk, int folder_fd, const char *name, size_t path_size, const struct states *states, int depth) {
    /* The path must have enough space for the longest name in the folder, with a slash on each side. */
    bool is_deep = depth >= MOST_DEPTH || path_size + NAME_MAX + 2 >= sizeof walk->path;
    int fd = is_deep ? -1 : folder_open(folder_fd, name);
    if (fd < 0) {
        (void)add_file(walk->files, walk->path, is_deep ? "the folder is too deep" : "the folder can't be read");
        return NULL;
    }
    walk->path[path_size] = '/';
    return walk_folder(walk, fd, path_size + 1, states, depth + 1);
}

static const char *visit(struct walk *walk, int folder_fd, const char *name, size_t path_size, const struct states *states, int depth) {
    struct stat status;
    struct states next;
    bool literal, may_continue;
    size_t name_size = strlen(name);
    const char *limit = walk_limit(walk);
    if (limit != NULL)
        return limit;
    bool matches = step(walk->globs, states, name, &next, &literal, &may_continue);
    if ((!matches && !may_continue) || path_size + name_size + 1 >= sizeof walk->path ||
        fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return NULL;
    memcpy(walk->path + path_size, name, name_size + 1);
    bool is_folder = S_ISDIR(status.st_mode);
    if (matches && (!is_folder || literal) && add_file(walk->files, walk->path, type_error(status.st_mode)) == NULL)
        return "there is no memory left: the rest is not listed";
    return is_folder && may_continue ? enter(walk, folder_fd, name, path_size + name_size, &next, depth) : NULL;
}

/* Closes folder_fd. */
static const char *walk_folder(struct walk *walk, int folder_fd, size_t path_size, const struct states *states, int depth) {
    const char *limit = NULL;
    DIR *folder = folder_stream(folder_fd);
    if (folder == NULL)
        return "there is no memory left: the rest is not listed";
    for (const char *name = folder_next(folder); name != NULL && limit == NULL; name = folder_next(folder))
        limit = visit(walk, folder_fd, name, path_size, states, depth);
    closedir(folder);
    return limit;
}

/* Opens a path without following links in any component. */
static int open_path(int dir_fd, const char *path) {
    const char *name;
    int folder_fd = folder_open_parent(dir_fd, path, false, &name);
    int fd = folder_fd < 0 ? -1 : openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (folder_fd != dir_fd)
        close_fd(&folder_fd);
    return fd;
}

/* Opens a file and keeps it open if its content is to be returned. The type that counts is that of the open file. */
static void open_file(int dir_fd, struct output_file *file, struct output_limits *left) {
    struct stat status;
    int fd = open_path(dir_fd, file->name);
    if (fd < 0 || fstat(fd, &status) < 0)
        file->error = errno == ELOOP ? "not a regular file (symbolic link)" : errno == EACCES ? "can't be read" : "can't be opened";
    else
        file->error = type_error(status.st_mode);
    file->size = file->error == NULL ? (uint64_t)status.st_size : 0;
    if (file->error == NULL && left->files > 0 && file->size <= left->bytes) {
        left->files--;
        left->bytes -= file->size;
        file->fd = fd;
    } else {
        close_fd(&fd);
    }
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct output_file *)a)->name, ((const struct output_file *)b)->name);
}

void outputs_find(const struct globs *globs, int dir_fd, struct output_limits *left, struct output_files *files) {
    struct walk walk = {.globs = globs, .files = files, .until_ns = clock_ns() + MOST_NS};
    struct states states;
    for (size_t i = 0; i < globs->count; i++)
        states.of[i] = glob_start(&globs->items[i]);
    int fd = folder_open(dir_fd, ".");
    const char *limit = fd < 0 ? "can't be read" : walk_folder(&walk, fd, 0, &states, 0);
    if (files->count > 0)
        qsort(files->items, files->count, sizeof *files->items, by_name);
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].error == NULL)
            open_file(dir_fd, &files->items[i], left);
    if (limit != NULL)
        (void)add_file(files, ".", limit);
}
