fun main() {
    println(greeting("two"))
}
