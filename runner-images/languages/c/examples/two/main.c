#include <stdio.h>
#include "lib/greet.h"
int main(void) { printf("%s two\n", hello()); return 0; }
