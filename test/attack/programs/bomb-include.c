/* Includes itself twice, up to a depth of 200. */
#include "main.c"
#include "main.c"
int main (void) { return 0; }
