#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static int deeper (int depth)
{
  volatile char frame[4096];
  frame[depth % 4096] = 1;
  return deeper(depth + 1) + frame[depth % 4096];
}

int main (void)
{
  puts("before");
  fflush(stdout);
  return deeper(0);
}
