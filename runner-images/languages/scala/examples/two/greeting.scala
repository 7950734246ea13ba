def greeting(name: String) = s"hello $name"
