package runonce.training

import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** Uses the features that programs commonly use. It is compiled and run when the image is built, and determines which
 * classes the ahead-of-time caches contain. */
sealed interface Shape { val area: Double }
data class Square(val side: Double) : Shape { override val area get() = side * side }
data class Circle(val radius: Double) : Shape { override val area get() = Math.PI * radius * radius }
enum class Colour { RED, GREEN; fun label() = name.lowercase() }
object Registry { val names = mutableListOf<String>() }

fun <T : Comparable<T>> largest(list: List<T>): T? = list.maxOrNull()
fun Shape.describe() = when (this) { is Square -> "square $side"; is Circle -> "circle of %.2f".format(area) }

class Counter(start: Int = 0) {
    var count = start
        private set
    val twice by lazy { count * 2 }
    operator fun plusAssign(n: Int) { count += n }
    companion object { const val STEP = 2 }
}

fun main(args: Array<String>) = runBlocking {
    val numbers = (1..10).map { it * it }.filter { it % 2 == 0 }
    println("sum ${numbers.sum()} ${largest(numbers)} ${numbers.groupBy { it % 3 }}")
    val counts = mutableMapOf<String, Int>()
    for (word in "a b a".split(" ")) counts[word] = (counts[word] ?: 0) + 1
    println(counts.entries.sortedByDescending { it.value }.joinToString { "${it.key}=${it.value}" })
    val counter = Counter()
    counter += Counter.STEP
    try {
        require(counter.count > 3) { "small" }
    } catch (error: IllegalArgumentException) {
        println("${error.message} ${counter.twice}")
    } finally {
        println(listOf(Square(2.0), Circle(1.0)).map(Shape::describe))
    }
    val powers = sequence { var a = 1; while (true) { yield(a); a *= 2 } }
    println(powers.take(5).toList())
    launch { delay(1); println("job " + Colour.RED.label()) }.join()
    val line = readlnOrNull()?.trim()?.toIntOrNull()
    var i = 0
    while (true) { if (i++ > 2) break }
    val (a, b) = Pair(line, "x")
    repeat(2) { print("$a$b ") }
    val array = intArrayOf(3, 1, 2).apply { sort() }
    println(array.contentToString() + buildString { append(Registry.names.size) }.reversed())
    val grid = Array(2) { row -> IntArray(2) { column -> row + column } }
    println(grid.joinToString("\n") { it.joinToString(" ") })
}
