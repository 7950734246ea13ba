import kotlinx.coroutines.*
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.*
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlin.properties.Delegates
import kotlin.time.Duration.Companion.milliseconds

data class Order(val customer: String, val cents: Int, val tags: Set<String> = emptySet())

sealed interface Shape { val area: Double }
data class Circle(val radius: Double) : Shape { override val area get() = Math.PI * radius * radius }
data class Box(val width: Double, val height: Double) : Shape { override val area get() = width * height }
data class Group(val parts: List<Shape>) : Shape { override val area by lazy { parts.sumOf { it.area } } }

@JvmInline value class Money(val cents: Int) : Comparable<Money> {
    operator fun plus(other: Money) = Money(cents + other.cents)
    override fun compareTo(other: Money) = cents.compareTo(other.cents)
    override fun toString() = "%d.%02d".format(cents / 100, cents % 100)
}

class Tree<K : Comparable<K>, V> : Iterable<Pair<K, V>> {
    private class Node<K, V>(val key: K, var value: V, var left: Node<K, V>? = null, var right: Node<K, V>? = null)
    private var root: Node<K, V>? = null
    var size by Delegates.observable(0) { _, old, new -> require(new > old) }
        private set

    operator fun set(key: K, value: V) { root = put(root, key, value) }

    private fun put(node: Node<K, V>?, key: K, value: V): Node<K, V> {
        if (node == null) return Node(key, value).also { size++ }
        when {
            key < node.key -> node.left = put(node.left, key, value)
            key > node.key -> node.right = put(node.right, key, value)
            else -> node.value = value
        }
        return node
    }

    override fun iterator() = iterator { walk(root) }

    private suspend fun SequenceScope<Pair<K, V>>.walk(node: Node<K, V>?) {
        if (node == null) return
        walk(node.left)
        yield(node.key to node.value)
        walk(node.right)
    }
}

inline fun <reified T> Iterable<*>.only(): List<T> = filterIsInstance<T>()

fun describe(shape: Shape): String = when (shape) {
    is Circle -> "circle ${shape.radius}"
    is Box -> "box ${shape.width}x${shape.height}"
    is Group -> shape.parts.joinToString(prefix = "[", postfix = "]", transform = ::describe)
}

class Ledger {
    private val guard = Mutex()
    private val totals = sortedMapOf<String, Money>()
    suspend fun add(order: Order) = guard.withLock { totals.merge(order.customer, Money(order.cents), Money::plus) }
    suspend fun report() = guard.withLock { totals.entries.sortedByDescending { it.value }.map { (name, sum) -> "$name $sum" } }
}

fun main() = runBlocking {
    val orders = listOf(Order("Grace", 1250, setOf("a")), Order("Ada", 400, setOf("b", "a")), Order("Ada", 99))
    val ledger = Ledger()
    coroutineScope { orders.forEach { launch(Dispatchers.Default) { ledger.add(it) } } }
    println(ledger.report())
    val (small, large) = orders.partition { it.cents < 500 }
    println("${small.size} ${large.single().customer} ${orders.flatMap { it.tags }.groupingBy { it }.eachCount()}")
    val channel = Channel<Int>(Channel.BUFFERED)
    launch { (1..5).forEach { delay(1.milliseconds); channel.send(it) }; channel.close() }
    println(channel.consumeAsFlow().filter { it % 2 == 1 }.map { it * it }.onEach { yield() }.toList())
    println(withTimeoutOrNull(20) { flow { while (true) { emit(1); delay(5) } }.collect {} })
    val tree = Tree<String, Int>().apply { "the cat and the dog".split(' ').forEachIndexed { i, word -> this[word] = i } }
    println(tree.joinToString { (word, place) -> "$word=$place" } + " ${tree.size}")
    val shapes: List<Shape> = listOf(Circle(1.0), Group(listOf(Box(2.0, 3.0), Circle(0.5))))
    println("${describe(Group(shapes))} %.2f ${shapes.only<Circle>()}".format(shapes.sumOf { it.area }))
    println(generateSequence(1 to 1) { (a, b) -> b to a + b }.map { it.first }.takeWhile { it < 50 }.windowed(3, 3).toList())
    println(runCatching { Regex("(?<year>\\d+)-(\\d+)").find("2024-02")!!.groups["year"]!!.value.toInt().also { check(it < 0) { "year $it" } } }.exceptionOrNull()?.message)
}
