PrintTo("*errout*", "oops\n");
