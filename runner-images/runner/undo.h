/* Undoes the changes of a program to files and System V IPC objects.
 * Unless stated otherwise, functions return 0, or -1 with errno set. */
#ifndef UNDO_H
#define UNDO_H

#include <sys/stat.h>

#include "bytes.h"

/* ---- places.c ---- */

/* Finds the folders that a program may write to. None of them is inside another one. mounts is /proc/self/mountinfo. */
int places_find(struct strings *places, const char *work_dir, const char *mounts);

/* ---- empty.c ---- */

/* Deletes everything in a folder that our user can have created. Returns -1 if it is not finished at until_ns. */
int folder_empty(int folder_fd, int64_t until_ns);

/* ---- snapshot.c ---- */

/* A file or folder. Its content, or the target of a link, begins at offset in the snapshot's content. */
struct saved {
    char *path;
    struct stat status;
    off_t offset;
};

/* A writable folder, and where its entries are in the snapshot. */
struct place {
    const char *path;
    struct stat status;
    /* The flags of chattr(1), ioctl_iflags(2). 0 if the file system has none. */
    int flags;
    size_t first;
    size_t count;
};

struct snapshot {
    struct place *places;
    size_t place_count;
    /* Each folder comes before its content. */
    struct saved *entries;
    size_t count;
    size_t capacity;
    int content_fd;
    off_t bytes;
};

/* Saves all places, whose list must stay valid. -1 with EFBIG: the files are larger than 64 MiB or a quarter of the memory limit;
 * -1 with EMFILE: there are too many entries. */
int snapshot_take(struct snapshot *snapshot, const struct strings *places, int64_t memory_bytes);
void snapshot_free(struct snapshot *snapshot);
int copy_bytes(int to_fd, int from_fd, off_t offset, off_t size);

/* ---- restore.c ---- */

/* Restores all places. No process of the program may run. Returns -1 on error or if it is not finished at until_ns. */
int snapshot_restore(const struct snapshot *snapshot, int64_t until_ns);

/* ---- ipc.c ---- */

/* Removes all System V IPC objects. */
void ipc_remove_all(void);
/* The number of local sockets of the container, unix(7); -1: unknown. */
long sockets_count(void);
/* Waits until there are no more sockets than this. A socket to which only messages in sockets' queues refer outlives
 * its process until the kernel's garbage collector closes it. Returns -1 with EBUSY if there are still more after a
 * while. */
int sockets_wait(long most);

#endif
