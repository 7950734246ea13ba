/* Writes a gigabyte without a newline, with one call per stream. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main (void)
{
  char *block = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(block, 'x', 64 << 20);
  for (int i = 0; i < 16; i++) (void)!write(1, block, 64 << 20);
  return 0;
}
