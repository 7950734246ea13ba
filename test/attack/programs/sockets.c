/* Opens sockets of every family, and every useful protocol of local sockets, TCP, UDP (only on loopback) and netlink. Other families
 * can access resources outside the network namespace (vsock: the hypervisor) or use rarely tested kernel code. */
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM};

static int is_known (int family, int kind, int protocol)
{
  if (family == AF_NETLINK) return protocol == NETLINK_ROUTE;
  return protocol == 0 || protocol == (kind == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP);
}

static int protocols (int family, unsigned most_kinds)
{
  int succeeded = 0;
  for (unsigned kind = 0; kind < most_kinds; kind++) {
    for (int protocol = 0; protocol < 300; protocol++) {
      int fd = is_known(family, kinds[kind], protocol) ? -1 : socket(family, kinds[kind], protocol);
      if (fd < 0) continue;
      close(fd);
      succeeded++;
      printf("succeeded: family %d kind %d protocol %d\n", family, kinds[kind], protocol);
    }
  }
  return succeeded;
}

int main (void)
{
  int succeeded = protocols(AF_INET, 2) + protocols(AF_INET6, 2) + protocols(AF_NETLINK, 3);
  for (int family = 0; family < 64; family++) {
    if (family == AF_UNIX || family == AF_NETLINK) continue;
    for (unsigned kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
      if ((family == AF_INET || family == AF_INET6) && kind < 2) continue;
      int fd = socket(family, kinds[kind], 0), pair[2];
      if (fd < 0) fd = socketpair(family, kinds[kind], 0, pair) < 0 ? -1 : pair[0];
      if (fd < 0) continue;
      close(fd);
      succeeded++;
      printf("succeeded: family %d kind %d\n", family, kinds[kind]);
    }
  }
  printf("%d succeeded\n", succeeded);
  return 0;
}
