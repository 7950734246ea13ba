() = evalfile("./greeting.sl");
() = printf("%s\n", hello("two"));
