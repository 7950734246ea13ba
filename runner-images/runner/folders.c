/* Reads and opens folders that a program can change: no link is followed in any component of a path. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };

bool is_own(const struct stat *status) {
    return geteuid() == 0 || status->st_uid == geteuid();
}

DIR *folder_stream(int folder_fd) {
    DIR *folder = fdopendir(folder_fd);
    if (folder == NULL)
        close_fd(&folder_fd);
    return folder;
}

const char *folder_next(DIR *folder) {
    struct dirent *entry;
    do
        entry = readdir(folder);
    while (entry != NULL && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    return entry == NULL ? NULL : entry->d_name;
}

/* gVisor ignores O_NOFOLLOW together with O_DIRECTORY, and follows the link. */
static bool is_link(int parent_fd, const char *name) {
    struct stat status;
    return fstatat(parent_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

int folder_open(int parent_fd, const char *name) {
    int fd = openat(parent_fd, name, FOLDER_FLAGS);
    if (fd >= 0 && is_link(parent_fd, name)) {
        close_fd(&fd);
        errno = ENOTDIR;
    }
    return fd;
}

/* Opens a folder whose name has this size. */
static int open_component(int parent_fd, const char *name, size_t size, bool create) {
    char component[NAME_MAX + 1];
    if (size > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    *(char *)mempcpy(component, name, size) = '\0';
    int fd = folder_open(parent_fd, component);
    if (fd >= 0 || !create || errno != ENOENT || (mkdirat(parent_fd, component, 0777) < 0 && errno != EEXIST))
        return fd;
    return folder_open(parent_fd, component);
}

int folder_open_parent(int dir_fd, const char *path, bool create, const char **name) {
    int fd = dir_fd;
    const char *slash;
    for (*name = path; fd >= 0 && (slash = strchr(*name, '/')) != NULL; *name = slash + 1) {
        size_t size = (size_t)(slash - *name);
        int parent_fd = fd;
        if (size == 0 || (size == 1 && **name == '.'))
            continue;
        fd = open_component(parent_fd, *name, size, create);
        if (parent_fd != dir_fd)
            close_fd(&parent_fd);
    }
    return fd;
}
