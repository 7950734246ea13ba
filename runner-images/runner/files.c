/* Enters the work dir and writes the payload's files to it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"

const char *file_name_error(const char *name, size_t size) {
    if (size == 0)
        return "must not be empty";
    if (memchr(name, '\0', size) != NULL)
        return "must not contain NUL characters";
    if (name[0] == '/')
        return "must be a relative path";
    if (size >= PATH_MAX)
        return "is too long";
    const char *part = name;
    size_t length;
    for (;; part += length + 1) {
        length = strcspn(part, "/");
        if (length == 2 && memcmp(part, "..", 2) == 0)
            return "must not contain \"..\"";
        if (length > NAME_MAX)
            return "is too long";
        if (part[length] == '\0')
            break;
    }
    if (length == 0 || (length == 1 && part[0] == '.'))
        return "must name a file, not a folder";
    return NULL;
}

static int write_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

/* Whether the kernel runs the file by an interpreter, execve(2). */
static bool is_script(const struct file *file) {
    return file->content_size >= 2 && memcmp(file->content, "#!", 2) == 0;
}

/* O_NONBLOCK: opening a FIFO that the image contains must not block. */
static int file_open(int folder_fd, const char *name, struct file *file) {
    int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    int fd = openat(folder_fd, name, flags | O_EXCL, is_script(file) ? 0777 : 0666);
    file->repeated = fd < 0 && errno == EEXIST;
    if (!file->repeated)
        return fd;
    fd = openat(folder_fd, name, flags | O_TRUNC, 0666);
    if (fd >= 0 && is_script(file))
        (void)fchmod(fd, 0755); /* best effort: a file of the image may belong to another user */
    return fd;
}

static int file_write(int dir_fd, struct file *file) {
    const char *name;
    int folder_fd = folder_open_parent(dir_fd, file->name, true, &name);
    int fd = folder_fd < 0 ? -1 : file_open(folder_fd, name, file);
    if (folder_fd != dir_fd)
        close_fd(&folder_fd);
    if (fd >= 0 && write_all(fd, file->content, file->content_size) == 0)
        return close(fd); /* some file systems report a full disk only here */
    close_fd(&fd);
    return -1;
}

int files_write(int dir_fd, struct payload *payload, char *error, size_t error_size) {
    for (size_t i = 0; i < payload->file_count; i++) {
        if (file_write(dir_fd, &payload->files[i]) == 0)
            continue;
        int number = errno;
        bool content = number == ENOSPC || number == EDQUOT || number == EFBIG;
        (void)snprintf(error, error_size, "files[%zu].%s: %s", i, content ? "content" : "name", strerror(number));
        errno = number;
        return -1;
    }
    return 0;
}

static bool is_writable(const char *path) {
    return path != NULL && access(path, W_OK | X_OK) == 0;
}

/* The first writable home of a user with our user ID, or NULL. An image may have several users with one ID, and a container
 * runtime sets $HOME only for the first of them. A static binary has to read passwd(5) itself. The caller frees the path. */
static char *own_home(const char *passwd) {
    char *home = NULL;
    FILE *entries = fopen(passwd, "re");
    if (entries == NULL)
        return NULL;
    for (struct passwd *entry = fgetpwent(entries); entry != NULL && home == NULL; entry = fgetpwent(entries))
        if (entry->pw_uid == getuid() && is_writable(entry->pw_dir))
            home = strdup(entry->pw_dir);
    fclose(entries);
    return home;
}

static int enter(const char *wanted, char **path) {
    if (chdir(wanted) < 0)
        return -1;
    *path = getcwd(NULL, 0);
    return *path == NULL ? -1 : open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int work_dir_enter(const char *passwd, char **path) {
    const char *wanted = getenv("RUNONCE_WORK_DIR");
    char *home = NULL;
    if (wanted == NULL || wanted[0] == '\0')
        wanted = is_writable(".") ? "." : is_writable(getenv("HOME")) ? getenv("HOME") : (home = own_home(passwd));
    if (wanted == NULL)
        errno = EROFS; /* no folder is writable */
    int fd = is_writable(wanted) ? enter(wanted, path) : -1;
    int error = errno;
    free(home);
    /* Interpreters write to $HOME. */
    if (fd >= 0 && !is_writable(getenv("HOME")) && setenv("HOME", *path, 1) < 0)
        error = errno;
    errno = error;
    return fd;
}
