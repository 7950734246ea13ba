void main () {
    print ("%s\n", stdin.read_line ());
}
