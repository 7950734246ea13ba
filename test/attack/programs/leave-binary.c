/* Replaces its own binary, the files of the program and the probe, while it keeps the old ones open. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void replace (const char *path, int in_place)
{
  static const char script[] = "#!/bin/sh\necho planted\n";
  (void)!open(path, O_RDONLY);
  chmod(path, 0777);
  if (!in_place) unlink(path);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0777);
  if (fd < 0) return;
  (void)!write(fd, script, sizeof script - 1);
  close(fd);
}

int main (void)
{
  replace("a.out", 0);
  replace("main.c", 1);
  replace("probe.sh", 1);
  rename("a.out", "moved");
  symlink("/bin/false", "a.out");
  chmod("/work", 0);
  chmod("/tmp", 0);
  puts("after");
  return 0;
}
