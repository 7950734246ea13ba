#include <math.h>
#include <stdio.h>
int main(int count, char **args) { int class = count; (void)args; printf("%.0f\n", sqrt(class * 16.0)); }
