/* Changes the pipes of the program: smallest size, non-blocking, read by the writer, written by the reader, filled. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main (void)
{
  char bytes[4096];
  memset(bytes, 'y', sizeof bytes);
  (void)!write(1, "before\n", 7);
  usleep(100000);
  for (int fd = 0; fd < 3; fd++) {
    int on = 1;
    fcntl(fd, F_SETPIPE_SZ, 1);
    fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC | O_DIRECT);
    fcntl(fd, F_SETOWN, 1);
    fcntl(fd, F_SETSIG, 15);
    ioctl(fd, FIOASYNC, &on);
  }
  int in = open("/proc/self/fd/0", O_WRONLY | O_NONBLOCK);
  if (in >= 0) while (write(in, bytes, sizeof bytes) > 0);
  int out = open("/proc/self/fd/1", O_RDONLY | O_NONBLOCK);
  int error = open("/proc/self/fd/2", O_RDWR | O_NONBLOCK | O_TRUNC);
  if (out >= 0) (void)!read(out, bytes, sizeof bytes);
  if (error >= 0) (void)!read(error, bytes, sizeof bytes);
  usleep(200000);
  fcntl(1, F_SETFL, 0);
  (void)!write(1, "after\n", 6);
  return 5;
}
