class Greeting {
    static of(name) { "hello $name" }
}
