#include <stdio.h>

static int depth(int n);
static int (*volatile next)(int) = depth;

static int depth(int n) {
    volatile char frame[64];
    frame[0] = 1;
    return n == 0 ? 0 : next(n - 1) + frame[0];
}

int main(void) {
    printf("%d\n", next(300000)); /* takes over 20 MiB of stack */
}
