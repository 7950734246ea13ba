#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "runner.h"

static bool opens(int fd) {
    char path[32];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int opened = open(path, O_RDWR | O_CLOEXEC);
    if (opened >= 0)
        close(opened);
    return opened >= 0;
}

static bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

/* The descriptor of the file that replaces the three streams. */
static int out_fd;

/* Returns the number of the failed check, or 0. It replaces the streams, so it runs in a child process. */
static int stash_and_restore(void) {
    for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
        if (fd != out_fd)
            close(fd);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (dup2(out_fd, fd) < 0)
            return 1;
    if (!opens(STDOUT_FILENO))
        return 2;
    close(out_fd);
    int stash_fd = stash_fds();
    if (stash_fd < 0)
        return 3;
    for (int fd = 0; fd < 64; fd++)
        if (opens(fd))
            return 4;
    if (!is_open(STDIN_FILENO) || !is_open(STDOUT_FILENO) || !is_open(STDERR_FILENO))
        return 5;
    if (restore_fds(stash_fd) < 0)
        return 6;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (!opens(fd) || fcntl(fd, F_GETFD) != FD_CLOEXEC)
            return 7;
    for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
        if (is_open(fd))
            return 8;
    return write(STDOUT_FILENO, "result", 6) == 6 ? 0 : 9;
}

static void stashed(void) {
    size_t size;
    out_fd = memory_file();
    expect_in_child(stash_and_restore);
    char *bytes = written_to(out_fd, &size);
    EXPECT(is_text(bytes, size, "result"));
    free(bytes);
}

static void not_stashed(void) {
    EXPECT(restore_fds(-1) == 0);
}

void stash_fds_tests(void) {
    test("stashed streams cannot be opened by name, and are unchanged after they are restored", stashed);
    test("restoring streams that could not be stashed does nothing", not_stashed);
}
