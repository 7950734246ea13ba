sub hello { return "hello $_[0]" } 1;
