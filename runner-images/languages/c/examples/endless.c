static int depth(int n);
static int (*volatile next)(int) = depth;

static int depth(int n) {
    volatile char frame[64];
    frame[0] = 1;
    return next(n + 1) + frame[0];
}

int main(void) {
    return next(0);
}
