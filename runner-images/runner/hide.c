/* Keeps the client's streams from the program while it runs. Linux does that by itself, as this process is not dumpable; gVisor's
 * kernel lets whoever has our uid open them by /proc/1/fd, and so forge the answer. In flight between two sockets of ours
 * they are no process's, and a socket can't be opened by a name. Source: unix(7), SCM_RIGHTS; open(2), ENXIO. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner.h"

enum { STANDARD_FDS = 3 };

/* Room for one message with the three of them, aligned as cmsg(3) wants it. */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(STANDARD_FDS * sizeof(int))];
};

static int send_streams(int socket_fd) {
    static const int FDS[STANDARD_FDS] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
    union control control = {0};
    struct iovec byte = {.iov_base = "", .iov_len = 1};
    struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof FDS)};
    memcpy(CMSG_DATA(header), FDS, sizeof FDS);
    return sendmsg(socket_fd, &message, 0) < 0 ? -1 : 0;
}

static int take_streams(int socket_fd, int fds[STANDARD_FDS]) {
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

int streams_hide(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    int hidden_at = ends[0];
    if (send_streams(ends[1]) < 0) { /* ETOOMANYREFS: our uid, in all containers together, has too many in flight */
        close(ends[0]);
        hidden_at = -1;
    } else
        /* Their numbers stay taken, and name nothing that can be opened. */
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
            (void)dup3(ends[1], fd, O_CLOEXEC);
    close(ends[1]);
    return hidden_at;
}

int streams_bring_back(int hidden_at) {
    int fds[STANDARD_FDS];
    if (hidden_at < 0)
        return 0;
    int taken = take_streams(hidden_at, fds);
    close(hidden_at);
    if (taken < 0)
        return -1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (dup3(fds[fd], fd, O_CLOEXEC) < 0)
            return -1;
        close(fds[fd]);
    }
    return 0;
}
