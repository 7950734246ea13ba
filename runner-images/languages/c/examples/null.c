#include <stdio.h>

struct node { int value; struct node *next; };

int main(int argc, char **argv) {
    struct node *list = NULL;
    puts("before");
    fflush(stdout);
    if (argc > 5) list = (struct node *)argv;
    if (list == NULL) list->value = 3;
    printf("%d\n", list->value);
}
