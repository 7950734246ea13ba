/* Saves the files in all folders that the program can write to, before the first case. The content is copied to a sealed file in
 * memory, which no program can change. A comparison of times and inode numbers would not detect every change, because writes to a
 * memory-mapped file do not always update its time. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "runner.h"

enum { MOST_DEPTH = 64, MOST_ENTRIES = 20000, MOST_BYTES = 64 << 20, MEMORY_SHARE = 4 };
enum { READ_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };

struct walk {
    struct snapshot *snapshot;
    off_t most_bytes;
    char path[PATH_MAX];
};

int copy_bytes(int to_fd, int from_fd, off_t offset, off_t size) {
    while (size > 0) {
        ssize_t copied = sendfile(to_fd, from_fd, &offset, (size_t)size);
        if (copied < 0 && errno == EINTR)
            continue;
        if (copied == 0)
            errno = EIO; /* the file is now shorter */
        if (copied <= 0)
            return -1;
        size -= copied;
    }
    return 0;
}

/* Opens an entry. If we own it but its mode denies us read access, the mode is changed temporarily. */
static int open_entry(int folder_fd, const char *name, const struct stat *status) {
    int fd = openat(folder_fd, name, READ_FLAGS);
    if (fd >= 0 || errno != EACCES || fchmodat(folder_fd, name, status->st_mode | S_IRWXU, 0) < 0)
        return fd;
    fd = openat(folder_fd, name, READ_FLAGS);
    (void)!fchmodat(folder_fd, name, status->st_mode & 07777, 0);
    return fd;
}

static struct saved *add_entry(struct walk *walk, const struct stat *status) {
    struct snapshot *snapshot = walk->snapshot;
    if (snapshot->count == MOST_ENTRIES) {
        errno = EMFILE;
        return NULL;
    }
    struct saved *entries = array_reserve(snapshot->entries, &snapshot->capacity, snapshot->count + 1, 64, sizeof *entries);
    if (entries == NULL)
        return NULL;
    snapshot->entries = entries;
    char *path = strdup(walk->path);
    if (path == NULL)
        return NULL;
    snapshot->entries[snapshot->count] = (struct saved){.path = path, .status = *status, .offset = snapshot->bytes};
    return &snapshot->entries[snapshot->count++];
}

static int save_content(struct walk *walk, int folder_fd, const char *name, const struct stat *status) {
    struct snapshot *snapshot = walk->snapshot;
    if (status->st_size > walk->most_bytes - snapshot->bytes) {
        errno = EFBIG;
        return -1;
    }
    int fd = open_entry(folder_fd, name, status);
    if (fd < 0)
        return -1;
    int result = copy_bytes(snapshot->content_fd, fd, 0, status->st_size);
    close(fd);
    snapshot->bytes += status->st_size;
    return result;
}

static int save_link(struct walk *walk, int folder_fd, const char *name, struct saved *entry) {
    char target[PATH_MAX];
    ssize_t size = readlinkat(folder_fd, name, target, sizeof target);
    if (size < 0 || write(walk->snapshot->content_fd, target, (size_t)size) != size)
        return -1;
    entry->status.st_size = size;
    walk->snapshot->bytes += size;
    return 0;
}

static int save_folder(struct walk *walk, int folder_fd, size_t path_size, int depth);

static int save_entry(struct walk *walk, int folder_fd, const char *name, size_t path_size, int depth) {
    struct stat status;
    size_t size = strlen(name);
    if (path_size + size + 1 >= sizeof walk->path || depth > MOST_DEPTH) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(walk->path + path_size, name, size + 1);
    if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    /* folder_empty() keeps it. */
    if (!S_ISDIR(status.st_mode) && !is_own(&status))
        return 0;
    struct saved *entry = add_entry(walk, &status);
    if (entry == NULL)
        return -1;
    if (S_ISREG(status.st_mode))
        return save_content(walk, folder_fd, name, &status);
    if (S_ISLNK(status.st_mode))
        return save_link(walk, folder_fd, name, entry);
    int fd = S_ISDIR(status.st_mode) ? open_entry(folder_fd, name, &status) : -1;
    if (fd < 0)
        return S_ISDIR(status.st_mode) && status.st_uid == geteuid() ? -1 : 0; /* not saved: another user's folder */
    walk->path[path_size + size] = '/';
    return save_folder(walk, fd, path_size + size + 1, depth + 1);
}

/* Closes folder_fd. */
static int save_folder(struct walk *walk, int folder_fd, size_t path_size, int depth) {
    int result = 0;
    DIR *folder = folder_stream(folder_fd);
    if (folder == NULL)
        return -1;
    for (const char *name = folder_next(folder); name != NULL && result == 0; name = folder_next(folder))
        result = save_entry(walk, folder_fd, name, path_size, depth);
    int error = errno;
    closedir(folder);
    errno = error;
    return result;
}

static int save_place(struct walk *walk, const char *path, struct place *place) {
    place->path = path;
    place->first = walk->snapshot->count;
    int fd = open(path, READ_FLAGS | O_DIRECTORY);
    if (fd < 0 || fstat(fd, &place->status) < 0) {
        close_fd(&fd);
        return -1;
    }
    if (ioctl(fd, FS_IOC_GETFLAGS, &place->flags) < 0)
        place->flags = 0;
    int result = save_folder(walk, fd, 0, 0);
    place->count = walk->snapshot->count - place->first;
    return result;
}

int snapshot_take(struct snapshot *snapshot, const struct strings *places, int64_t memory_bytes) {
    struct walk walk = {.snapshot = snapshot, .most_bytes = MOST_BYTES};
    if (memory_bytes > 0 && memory_bytes / MEMORY_SHARE < walk.most_bytes)
        walk.most_bytes = memory_bytes / MEMORY_SHARE;
    *snapshot = (struct snapshot){.content_fd = memfd_create("snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    snapshot->places = calloc(places->count + 1, sizeof *snapshot->places);
    if (snapshot->content_fd < 0 || snapshot->places == NULL)
        return -1;
    for (; snapshot->place_count < places->count; snapshot->place_count++)
        if (save_place(&walk, places->items[snapshot->place_count], &snapshot->places[snapshot->place_count]) < 0)
            return -1;
    /* Best effort: in gVisor, programs may open our descriptors. */
    (void)fcntl(snapshot->content_fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    return 0;
}

void snapshot_free(struct snapshot *snapshot) {
    for (size_t i = 0; i < snapshot->count; i++)
        free(snapshot->entries[i].path);
    free(snapshot->entries);
    free(snapshot->places);
    close_fd(&snapshot->content_fd);
}
