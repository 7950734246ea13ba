#include <unistd.h>

int main (void)
{
  (void)!write(1, "before", 6);
  close(0);
  close(1);
  close(2);
  usleep(300000);
  return 5;
}
