#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int main (void)
{
  struct rlimit more = {1 << 20, 1 << 20};
  int raised = setrlimit(RLIMIT_NOFILE, &more) == 0;
  int count = 0;
  for (; count < 2000000 && dup(0) >= 0; count++);
  printf("%d %d %s\n", raised, count > 900 && count < 1024, strerror(errno));
  return 0;
}
