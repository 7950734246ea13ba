fun greeting(name: String) = "hello $name"
