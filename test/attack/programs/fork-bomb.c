/* Each copy starts a new session, ignores signals and forks again. */
#include <signal.h>
#include <unistd.h>

int main (void)
{
  (void)!write(1, "before\n", 7);
  for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
  for (;;) if (fork() == 0) setsid();
}
