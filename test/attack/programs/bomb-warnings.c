/* Causes diagnostics that are a hundred thousand times as long as the source. */
#define A(x) x x x x x x x x x x
#define B(x) A(A(A(A(x))))
int main (void) { int a; B(B(undeclared = "";)) return a; }
