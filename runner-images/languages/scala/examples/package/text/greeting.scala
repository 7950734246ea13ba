package app.text

def greeting(name: String) = s"hello $name"
