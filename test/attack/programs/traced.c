/* A child of the program traces and stops it. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main (void)
{
  pid_t parent = getpid();
  (void)!write(1, "before\n", 7);
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
  if (fork() == 0) {
    ptrace(PTRACE_ATTACH, parent, 0, 0);
    kill(getpid(), SIGSTOP);
    for (;;) pause();
  }
  for (;;) pause();
}
