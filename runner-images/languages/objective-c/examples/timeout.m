#include <stdio.h>

int main(void) {
  printf("before\n");
  for (volatile int i = 0;; i++) {}
}
