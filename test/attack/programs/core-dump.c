#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

int main (void)
{
  struct rlimit limit;
  getrlimit(RLIMIT_CORE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_CORE, &limit);
  memset(malloc(100 << 20), 1, 100 << 20);
  puts("before");
  fflush(stdout);
  abort();
}
