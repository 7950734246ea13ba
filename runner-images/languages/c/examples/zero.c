#include <stdio.h>

int main(int argc, char **argv) {
    int zero = 0;
    puts("before");
    fflush(stdout);
    printf("%d %s\n", argc / zero, argv[0]);
}
