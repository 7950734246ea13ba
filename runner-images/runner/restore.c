/* Restores all folders that the program can write to: deletes their entries, and creates the entries in the snapshot again. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "runner.h"

static void set_owner_and_time(int top_fd, const struct saved *entry) {
    const struct timespec times[] = {entry->status.st_atim, entry->status.st_mtim};
    if (geteuid() == 0)
        (void)!fchownat(top_fd, entry->path, entry->status.st_uid, entry->status.st_gid, AT_SYMLINK_NOFOLLOW);
    (void)!utimensat(top_fd, entry->path, times, AT_SYMLINK_NOFOLLOW); /* fails for another user's folder */
}

static int create_file(int top_fd, const struct snapshot *snapshot, const struct saved *entry) {
    int fd = openat(top_fd, entry->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    int result = copy_bytes(fd, snapshot->content_fd, entry->offset, entry->status.st_size);
    return close(fd) < 0 ? -1 : result;
}

static int create_link(int top_fd, const struct snapshot *snapshot, const struct saved *entry) {
    char target[PATH_MAX + 1];
    ssize_t size = pread(snapshot->content_fd, target, (size_t)entry->status.st_size, entry->offset);
    if (size != entry->status.st_size)
        return -1;
    target[size] = '\0';
    return symlinkat(target, top_fd, entry->path);
}

static int create_entry(int top_fd, const struct snapshot *snapshot, const struct saved *entry) {
    mode_t mode = entry->status.st_mode;
    if (S_ISDIR(mode))
        return mkdirat(top_fd, entry->path, 0700) == 0 || errno == EEXIST ? 0 : -1;
    int created = S_ISREG(mode)   ? create_file(top_fd, snapshot, entry)
                  : S_ISLNK(mode) ? create_link(top_fd, snapshot, entry)
                                  : mknodat(top_fd, entry->path, mode, entry->status.st_rdev);
    if (created < 0)
        return -1;
    set_owner_and_time(top_fd, entry);
    return S_ISLNK(mode) ? 0 : fchmodat(top_fd, entry->path, mode & 07777, 0); /* chown(2) clears set-user-ID */
}

static int create_entries(int top_fd, const struct snapshot *snapshot, const struct place *place) {
    const struct saved *entries = snapshot->entries + place->first;
    for (size_t i = 0; i < place->count; i++)
        if (create_entry(top_fd, snapshot, &entries[i]) < 0)
            return -1;
    /* The order is reversed, so that a folder stays accessible until all folders in it are finished. */
    for (size_t i = place->count; i-- > 0;) {
        if (!S_ISDIR(entries[i].status.st_mode))
            continue;
        set_owner_and_time(top_fd, &entries[i]);
        if (fchmodat(top_fd, entries[i].path, entries[i].status.st_mode & 07777, 0) < 0 && errno != EPERM && errno != EROFS)
            return -1; /* EPERM: another user's folder; EROFS: a folder of a read-only mount */
    }
    return 0;
}

/* Opens the folder, or creates it again. Only a program that may write to the folder's parent can have removed it. */
static int open_place(const char *path, const struct stat *was) {
    struct stat status;
    if (lstat(path, &status) == 0 && !S_ISDIR(status.st_mode) && unlink(path) < 0)
        return -1;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -1;
    if (was->st_uid == geteuid())
        (void)!chmod(path, 0700); /* the program may have removed our permissions */
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Resets the settings of an empty folder of ours that the program can have changed: extended attributes, of which some are
 * access control lists, and the flags of chattr(1). Attributes and flags that need privileges stay. Returns -1 with E2BIG if
 * there are more names than the kernel can list: listxattr(2). */
static int reset_attributes(int fd, const struct place *place) {
    char names[XATTR_LIST_MAX];
    int flags = 0;
    ssize_t size = flistxattr(fd, names, sizeof names);
    if (size < 0 && errno == E2BIG)
        return -1;
    for (const char *name = names; size > 0 && name < names + size; name += strlen(name) + 1)
        (void)fremovexattr(fd, name);
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && flags != place->flags)
        (void)ioctl(fd, FS_IOC_SETFLAGS, &place->flags);
    return 0;
}

static int restore_place(const struct snapshot *snapshot, const struct place *place, int64_t until_ns) {
    const struct timespec times[] = {place->status.st_atim, place->status.st_mtim};
    int fd = open_place(place->path, &place->status);
    if (fd < 0)
        return -1;
    int result = folder_empty(fd, until_ns);
    if (result == 0)
        result = reset_attributes(fd, place);
    if (result == 0)
        result = create_entries(fd, snapshot, place);
    int error = errno;
    /* These calls fail for another user's folder, but the program could not change its attributes either. */
    (void)!fchown(fd, place->status.st_uid, place->status.st_gid);
    (void)!fchmod(fd, place->status.st_mode & 07777);
    (void)!futimens(fd, times);
    close(fd);
    errno = error;
    return result;
}

int snapshot_restore(const struct snapshot *snapshot, int64_t until_ns) {
    for (size_t i = 0; i < snapshot->place_count; i++)
        if (restore_place(snapshot, &snapshot->places[i], until_ns) < 0)
            return -1;
    return 0;
}
