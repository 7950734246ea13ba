void main () {
    stderr.printf ("oops\n");
}
