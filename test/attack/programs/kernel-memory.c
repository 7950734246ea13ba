/* Uses kernel memory: full pipes, full sockets, and descriptors in flight on sockets that are never read. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char block[1 << 20];

static void send_descriptor (int to, int fd)
{
  char control[CMSG_SPACE(sizeof fd)] = {0};
  struct iovec one = {block, 1};
  struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  sendmsg(to, &message, MSG_DONTWAIT);
}

static void fill (void)
{
  for (int ends[2]; pipe2(ends, O_NONBLOCK) == 0;) {
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    while (write(ends[1], block, sizeof block) > 0);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0) break;
    int most = 1 << 30;
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &most, sizeof most);
    send_descriptor(pair[0], ends[0]);
    while (send(pair[0], block, sizeof block, MSG_DONTWAIT) > 0);
  }
}

int main (void)
{
  puts("before");
  fflush(stdout);
  for (int i = 0; i < 16; i++) {
    if (fork() == 0) {
      fill();
      pause();
    }
  }
  for (;;) pause();
}
