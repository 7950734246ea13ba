/* Forks repeatedly and exits in the parent, so that no process exists long enough to be killed by its ID. */
#include <signal.h>
#include <unistd.h>

int main (void)
{
  (void)!write(1, "before\n", 7);
  for (int line = 0; line < 20; line++) {
    if (fork() != 0) continue;
    setsid();
    for (;;) {
      pid_t child = fork();
      if (child > 0) _exit(0);
    }
  }
  usleep(100000);
  return 3;
}
