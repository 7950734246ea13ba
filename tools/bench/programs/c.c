#include <stdio.h>
#include <ctype.h>
int main(void) {
  long words = 0; int c, in = 0;
  while ((c = getchar()) != EOF) { if (isspace(c)) in = 0; else if (!in) { in = 1; words++; } }
  unsigned long total = 0;
  for (unsigned long i = 0; i < 10000000; i++) total = (total * 31 + i) % 1000003;
  printf("Hello %ld %lu\n", words, total);
}
