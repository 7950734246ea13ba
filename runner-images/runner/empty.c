/* Empties a folder that a program filled with any number of entries, at any depth and with any permissions. No process may run in
 * the container. Two descriptors are enough for any depth: a subfolder that is not empty is moved to the top and emptied there.
 * Entries of another user are kept: they are part of the image, because the program could not create them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"

enum { MOST_NAMES_TRIED = 16, CHECKS_EACH = 256 };

struct emptying {
    int top_fd;
    int64_t until_ns;
    unsigned operations;
    unsigned next_name;
    /* This pass has removed or moved something. */
    bool progress;
    bool late;
};

static bool is_late(struct emptying *emptying) {
    if (++emptying->operations % CHECKS_EACH == 0 && clock_ns() > emptying->until_ns)
        emptying->late = true;
    return emptying->late;
}

/* Moves a folder to the top, under an unused name. */
static bool move_to_top(struct emptying *emptying, int folder_fd, const char *name) {
    char target[32];
    for (int i = 0; i < MOST_NAMES_TRIED; i++) {
        (void)snprintf(target, sizeof target, "runonce-%u", emptying->next_name++);
        if (renameat(folder_fd, name, emptying->top_fd, target) == 0)
            return true;
    }
    return false;
}

static void remove_entry(struct emptying *emptying, int folder_fd, const char *name);

/* Calls remove_entry() for every entry. Closes folder_fd. */
static void remove_entries(struct emptying *emptying, int folder_fd) {
    DIR *folder = folder_stream(folder_fd);
    if (folder == NULL)
        return;
    for (const char *name = folder_next(folder); name != NULL && !is_late(emptying); name = folder_next(folder))
        remove_entry(emptying, folder_fd, name);
    closedir(folder);
}

/* A folder at the top is emptied in place, so the recursion has two levels. */
static void remove_folder(struct emptying *emptying, int folder_fd, const char *name, bool own, bool at_top) {
    if (own && unlinkat(folder_fd, name, AT_REMOVEDIR) == 0) {
        emptying->progress = true;
        return;
    }
    if (own)
        (void)!fchmodat(folder_fd, name, 0700, 0); /* the program may have removed our permissions */
    if (!at_top) {
        emptying->progress = (own && move_to_top(emptying, folder_fd, name)) || emptying->progress;
        return;
    }
    int fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        remove_entries(emptying, fd);
    if (own && unlinkat(folder_fd, name, AT_REMOVEDIR) == 0)
        emptying->progress = true;
}

static bool is_same_folder(int a_fd, int b_fd) {
    struct stat a, b;
    return fstat(a_fd, &a) == 0 && fstat(b_fd, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void remove_entry(struct emptying *emptying, int folder_fd, const char *name) {
    struct stat status;
    if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    if (S_ISDIR(status.st_mode))
        remove_folder(emptying, folder_fd, name, is_own(&status), is_same_folder(folder_fd, emptying->top_fd));
    else if (is_own(&status) && unlinkat(folder_fd, name, 0) == 0)
        emptying->progress = true;
}

int folder_empty(int folder_fd, int64_t until_ns) {
    struct emptying emptying = {.top_fd = folder_fd, .until_ns = until_ns};
    do {
        emptying.progress = false;
        int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return -1;
        remove_entries(&emptying, fd);
    } while (emptying.progress && !emptying.late);
    errno = ETIMEDOUT;
    return emptying.late ? -1 : 0;
}
