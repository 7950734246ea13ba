/* Every family of sockets there is. Only the local ones, the internet's (on nothing but loopback) and netlink are of use to a program;
 * the others reach past the network namespace (vsock: the hypervisor) or into rarely tried code of the kernel. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main (void)
{
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM};
  int succeeded = 0;
  for (int family = 0; family < 64; family++) {
    if (family == AF_UNIX || family == AF_NETLINK) continue;
    for (unsigned kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
      if ((family == AF_INET || family == AF_INET6) && kind < 2) continue;
      int fd = socket(family, kinds[kind], 0);
      if (fd < 0) continue;
      close(fd);
      succeeded++;
      printf("succeeded: family %d kind %d\n", family, kinds[kind]);
    }
  }
  printf("%d succeeded\n", succeeded);
  return 0;
}
