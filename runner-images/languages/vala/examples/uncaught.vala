errordomain E { A }

void fail () throws E {
    throw new E.A ("x");
}

void main () {
    stdout.printf ("before\n");
    fail ();
    print ("after\n");
}
