hello(name) = sprintf("hello %s", name)
