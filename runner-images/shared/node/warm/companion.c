#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "companion.h"

/* Node opens only descriptors with lower numbers, so that they have the same numbers as in a plain start. glot limits a
 * process to 90 open files. */
enum { RUNNER_FD = 3, COMPANION_FD = 64 };
static const char PROGRAM[] = "/opt/runonce/language/warm/companion";
/* If a response takes longer, or a request does not fit into the socket buffer for this time, Node gets the error
 * EAGAIN. */
static const struct timeval LONGEST_RESPONSE = {.tv_sec = 2};

static pid_t companion; /* 0 if there is no companion */

/* The companion gets only its socket, and no descriptor of the program, not even stderr. */
static int spawn(int socket_fd) {
    posix_spawn_file_actions_t actions;
    char *const arguments[] = {(char *)PROGRAM, NULL};
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    int error = posix_spawn_file_actions_adddup2(&actions, socket_fd, STDIN_FILENO) |
                posix_spawn_file_actions_adddup2(&actions, socket_fd, STDOUT_FILENO) |
                posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) |
                posix_spawn_file_actions_addclose(&actions, RUNNER_FD);
    if (error == 0)
        error = posix_spawn(&companion, PROGRAM, &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        companion = 0;
    return error == 0 ? 0 : -1;
}

void companion_start(void) {
    int pair[2];
    if (companion != 0 || access(PROGRAM, X_OK) < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return;
    /* With a low descriptor limit, the descriptor cannot be allocated, and Node runs without the companion. */
    int fd = fcntl(pair[0], F_DUPFD_CLOEXEC, COMPANION_FD);
    if (fd == COMPANION_FD && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &LONGEST_RESPONSE, sizeof LONGEST_RESPONSE) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &LONGEST_RESPONSE, sizeof LONGEST_RESPONSE) == 0)
        (void)spawn(pair[1]);
    (void)close(pair[0]);
    (void)close(pair[1]);
    if (companion == 0 && fd >= 0)
        (void)close(fd);
}

void companion_end(void) {
    if (companion == 0 || fcntl(COMPANION_FD, F_GETFD) >= 0)
        return;
    (void)kill(companion, SIGKILL);
    while (waitpid(companion, NULL, 0) < 0 && errno == EINTR)
        ;
    companion = 0;
}
