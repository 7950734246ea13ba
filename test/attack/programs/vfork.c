/* The parent of a vfork waits in the kernel, where only SIGKILL has an effect, while the child is stopped. */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main (void)
{
  (void)!write(1, "before\n", 7);
  if (vfork() == 0) {
    kill(getpid(), SIGSTOP);
    for (;;) pause();
  }
  return 0;
}
