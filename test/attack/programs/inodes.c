/* Creates as many empty files as possible. They use kernel memory instead of disk space. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main (void)
{
  char name[32];
  puts("before");
  fflush(stdout);
  for (long i = 0;; i++) {
    snprintf(name, sizeof name, "%s/%ld", i % 2 ? "/tmp" : "/work", i);
    int fd = open(name, O_CREAT | O_WRONLY, 0600);
    if (fd >= 0) close(fd);
  }
}
