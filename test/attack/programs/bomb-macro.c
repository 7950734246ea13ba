#define A(x) x x x x x x x x x x
#define B(x) A(x) A(x) A(x) A(x) A(x) A(x) A(x) A(x)
#define C(x) B(B(x))
#define D(x) C(C(x))
#define E(x) D(D(x))
int main (void) { int i = 0; E(E(i++;)) return i; }
