/* Creates as many mappings as possible, with page tables but little memory. */
#include <stdio.h>
#include <sys/mman.h>

int main (void)
{
  puts("before");
  fflush(stdout);
  for (;;) {
    char *far = mmap(NULL, 1UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (far == MAP_FAILED) return 4;
    for (unsigned long at = 0; at < 1UL << 30; at += 1 << 21) far[at] = 1;
  }
}
