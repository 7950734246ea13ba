greet("two")
