#include <stdio.h>
#include <unistd.h>

int main (void)
{
  puts("before");
  fflush(stdout);
  for (;;) pause();
}
