/* Hides the client's streams from the program while it runs. On Linux, they are protected because this process is not
 * dumpable. On gVisor, every process with our user ID can open them through /proc/1/fd and forge the result.
 * Therefore, the runner sends them as a message to its own socket. Until the message is received, they belong to no
 * process, and a socket cannot be opened by its name.
 *
 * Source: unix(7), SCM_RIGHTS; open(2), ENXIO. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

enum { STANDARD_FDS = 3 };

/* The control data of one message with the three descriptors, aligned as cmsg(3) requires. */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(STANDARD_FDS * sizeof(int))];
};

static int send_fds(int socket_fd) {
    static const int FDS[STANDARD_FDS] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
    union control control = {0};
    struct iovec byte = {.iov_base = "", .iov_len = 1};
    struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof FDS)};
    memcpy(CMSG_DATA(header), FDS, sizeof FDS);
    return sendmsg(socket_fd, &message, 0) < 0 ? -1 : 0;
}

static int receive_fds(int socket_fd, int fds[STANDARD_FDS]) {
    union control control = {0};
    char byte;
    struct iovec bytes = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t size;
    while ((size = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        ;
    struct cmsghdr *header = size < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_len != CMSG_LEN(STANDARD_FDS * sizeof(int)))
        return -1;
    memcpy(fds, CMSG_DATA(header), STANDARD_FDS * sizeof(int));
    return 0;
}

int stash_fds(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    int stash_fd = ends[0];
    if (send_fds(ends[1]) < 0) { /* ETOOMANYREFS: too many descriptors in messages of our user ID, in all containers */
        close(ends[0]);
        stash_fd = -1;
    } else {
        /* Descriptors 0 to 2 stay in use, as sockets that cannot be opened. */
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
            (void)dup3(ends[1], fd, O_CLOEXEC);
    }
    close(ends[1]);
    return stash_fd;
}

int restore_fds(int stash_fd) {
    int fds[STANDARD_FDS];
    if (stash_fd < 0)
        return 0;
    int received = receive_fds(stash_fd, fds);
    close(stash_fd);
    if (received < 0)
        return -1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (dup3(fds[fd], fd, O_CLOEXEC) < 0)
            return -1;
        close(fds[fd]);
    }
    return 0;
}

static bool is_refused(pid_t pid, int fd, int flags) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
    return open(path, flags | O_NONBLOCK | O_CLOEXEC) < 0 && (errno == EACCES || errno == EPERM);
}

bool streams_are_protected(void) {
    int status;
    pid_t runner_pid = getpid(); /* the child's getppid(2) can differ if the parent exits */
    pid_t pid = fork();
    if (pid == 0)
        _exit(is_refused(runner_pid, STDIN_FILENO, O_RDONLY) && is_refused(runner_pid, STDOUT_FILENO, O_WRONLY) ? 0 : 1);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}
