#include <stdlib.h>
#include <unistd.h>

int main (void)
{
  (void)!write(1, "before\n", 7);
  if (fork() == 0) {
    (void)!daemon(1, 1);
    (void)!write(1, "grandchild\n", 11);
    sleep(60);
    (void)!write(1, "never\n", 6);
    _exit(0);
  }
  usleep(200000);
  (void)!write(1, "done\n", 5);
  return 0;
}
