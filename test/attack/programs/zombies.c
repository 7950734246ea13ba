/* Creates child processes without waiting for them, until the process limit is reached. */
#include <stdio.h>
#include <unistd.h>

int main (void)
{
  int dead = 0;
  puts("before");
  fflush(stdout);
  for (pid_t child; dead < 100000 && (child = fork()) >= 0; dead++) if (child == 0) _exit(0);
  printf("%s\n", dead > 50 && dead < 128 ? "full" : "not full");
  return 0;
}
