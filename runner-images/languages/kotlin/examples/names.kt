class Shape(private val name: String) { override fun toString() = "my $name" }
class Counter { var count = 40; operator fun inc() = apply { count += 2 } }

fun main() {
    var counter = Counter()
    counter++
    println("${Shape("shape")} ${counter.count}")
}
