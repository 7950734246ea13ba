/* Leaves sockets that only messages in their own queues refer to. The garbage collector of the kernel has to find them. */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void send_fd (int socket, int fd)
{
  union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof fd)]; } control = {0};
  struct iovec byte = {"x", 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  sendmsg(socket, &message, MSG_DONTWAIT);
}

int main (void)
{
  int pair[2];
  struct sockaddr_un name = {AF_UNIX, "\0planted"};
  int listening = socket(AF_UNIX, SOCK_STREAM, 0), memory = memfd_create("planted", 0);
  puts("before");
  if (bind(listening, (void *)&name, offsetof(struct sockaddr_un, sun_path) + 8) == 0) listen(listening, 5);
  (void)!ftruncate(memory, 1 << 16);
  for (int i = 0; i < 20 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0; i++) {
    send_fd(pair[0], memory);
    send_fd(pair[0], listening);
    send_fd(pair[0], pair[0]);
    send_fd(pair[1], pair[0]);
    send_fd(pair[0], pair[1]);
    close(pair[0]);
    close(pair[1]);
  }
  puts("after");
  return 0;
}
