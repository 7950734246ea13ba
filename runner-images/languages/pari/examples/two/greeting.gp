hello(name) = Str("hello ", name);
