#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
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

/* With the three streams replaced, so in a process of its own. Returns which expectation broke, or 0. */
static int hide_and_bring_back(int out_fd) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (dup2(out_fd, fd) < 0)
            return 1;
    if (!opens(STDOUT_FILENO))
        return 2;
    close(out_fd);
    int hidden_at = streams_hide();
    if (hidden_at < 0)
        return 3;
    for (int fd = 0; fd < 64; fd++)
        if (opens(fd))
            return 4;
    if (!is_open(STDIN_FILENO) || !is_open(STDOUT_FILENO) || !is_open(STDERR_FILENO))
        return 5;
    if (streams_bring_back(hidden_at) < 0)
        return 6;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (!opens(fd) || fcntl(fd, F_GETFD) != FD_CLOEXEC)
            return 7;
    for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
        if (is_open(fd))
            return 8;
    return write(STDOUT_FILENO, "answer", 6) == 6 ? 0 : 9;
}

static void hidden(void) {
    int status = -1;
    size_t size;
    int out_fd = memory_file();
    pid_t pid = fork();
    if (pid == 0) {
        for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
            if (fd != out_fd)
                close(fd);
        _exit(hide_and_bring_back(out_fd));
    }
    EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid);
    EXPECT_IN(status == 0, "wait status %x", (unsigned)status);
    char *bytes = written_to(out_fd, &size);
    EXPECT(is_text(bytes, size, "answer"));
    free(bytes);
}

static void not_hidden(void) {
    EXPECT(streams_bring_back(-1) == 0);
}

void hide_tests(void) {
    test("while they are hidden nobody opens the streams by a name, and afterwards they are as before", hidden);
    test("streams that could not be hidden need not be brought back", not_hidden);
}
