void main () {
    nobody ();
}
