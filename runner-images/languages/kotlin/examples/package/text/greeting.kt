package app.text

fun greeting(name: String) = "hello $name"
