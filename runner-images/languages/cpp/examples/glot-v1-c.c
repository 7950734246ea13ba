#include <stdio.h>
#include <stdlib.h>

/* C, and no C++: a keyword of C++'s for a name, a pointer that isn't cast. */
int main(int argc, char *argv[]) {
    (void)argv;
    int *new = malloc(sizeof *new);
    *new = argc;
    printf("%d\n", *new);
    free(new);
}
