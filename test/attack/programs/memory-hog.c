#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All processes use the same amount of memory, so that the OOM killer has no obvious victim. */
int main (void)
{
  puts("before");
  fflush(stdout);
  for (int i = 0; i < 4; i++) fork();
  for (;;) {
    char *block = malloc(1 << 20);
    if (block != NULL) memset(block, 1, 1 << 20);
  }
}
