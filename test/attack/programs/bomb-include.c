/* Twice itself, to the 200th power. */
#include "main.c"
#include "main.c"
int main (void) { return 0; }
