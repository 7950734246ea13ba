/* Installs seccomp and socket filters. Their compiled code is memory that no container accounts for, and freeing thousands at once can
 * hang the kernel of the host. Therefore each form is tried only once. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int succeeded;

static void tried (const char *what, long result)
{
  if (result < 0) return;
  succeeded++;
  printf("succeeded: %s\n", what);
}

int main (void)
{
  static const struct { const char *name; int option; } forms[] = {
    {"filter", SO_ATTACH_FILTER}, {"group filter", SO_ATTACH_REUSEPORT_CBPF}
  };
  static const struct { const char *name; int family, type; } kinds[] = {
    {"local", AF_UNIX, SOCK_STREAM}, {"local pair's", AF_UNIX, SOCK_DGRAM}, {"TCP", AF_INET, SOCK_STREAM}, {"UDP", AF_INET6, SOCK_DGRAM},
    {"netlink", AF_NETLINK, SOCK_RAW}
  };
  struct sock_filter all = {BPF_RET | BPF_K, 0, 0, ~0U};
  struct sock_fprog filter = {1, &all};
  for (unsigned kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
    int fd = socket(kinds[kind].family, kinds[kind].type, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    for (unsigned form = 0; form < sizeof forms / sizeof *forms; form++) {
      char what[64];
      snprintf(what, sizeof what, "%s on a %s socket", forms[form].name, kinds[kind].name);
      tried(what, setsockopt(fd, SOL_SOCKET, forms[form].option, &filter, sizeof filter));
    }
    close(fd);
  }
  filter.filter->k = SECCOMP_RET_ALLOW;
  tried("filter of calls by seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter));
  tried("filter of calls by prctl", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0));
  printf("%d succeeded\n", succeeded);
  return 0;
}
