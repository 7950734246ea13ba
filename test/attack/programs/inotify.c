/* Creates all inotify instances and watches, which the kernel counts per user ID across all containers, and keeps them open. */
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

int main (void)
{
  char name[32];
  int held = 0, first = -1;
  for (int fd; held < 2000 && (fd = inotify_init1(IN_CLOEXEC)) >= 0; held++) if (first < 0) first = fd;
  for (int i = 0; i < 20000; i++) {
    snprintf(name, sizeof name, "w%d", i);
    FILE *file = fopen(name, "w");
    if (file == NULL) break;
    fclose(file);
    if (first < 0 || inotify_add_watch(first, name, IN_ALL_EVENTS) < 0) break;
  }
  printf("%s\n", held < 2000 ? "exhausted" : "endless");
  fflush(stdout);
  for (;;) pause();
}
