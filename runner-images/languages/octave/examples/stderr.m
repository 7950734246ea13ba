fprintf(stderr, "oops\n");
