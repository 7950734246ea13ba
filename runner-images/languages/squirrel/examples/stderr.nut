error("oops\n")
