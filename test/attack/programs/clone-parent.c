/* Creates siblings instead of children. They are children of the runner, and exit in every way before the program does. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main (void)
{
  puts("before");
  fflush(stdout);
  for (int i = 0; i < 40; i++) {
    long child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
    if (child != 0) continue;
    if (i % 3 == 0) _exit(0);
    if (i % 3 == 1) kill(getpid(), SIGKILL);
    kill(getpid(), SIGSTOP);
  }
  usleep(300000);
  puts("after");
  return 9;
}
