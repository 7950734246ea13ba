#include <unistd.h>

int main (void)
{
  for (;;) {
    (void)!write(1, ".", 1);
    usleep(50000);
  }
}
