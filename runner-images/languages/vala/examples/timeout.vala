void main () {
    stdout.printf ("before\n");
    int i = 0;
    while (i < 10) {
        i = 5;
    }
}
