alias hello echo hello
