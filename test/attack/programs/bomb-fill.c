__asm__(".data\n.fill 0x7fffffffff, 1, 1\n.text");
int main (void) { return 0; }
