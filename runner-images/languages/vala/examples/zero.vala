void main () {
    int zero = 0;
    stdout.printf ("before\n");
    stdout.flush ();
    stdout.printf ("%d\n", int.parse ("1") / zero);
}
