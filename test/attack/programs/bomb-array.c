/* Produces an object file of eight gigabytes. */
volatile int array[1L << 31] = {1};
int main (void) { return array[1 << 20]; }
