() = fputs("oops\n", stderr);
