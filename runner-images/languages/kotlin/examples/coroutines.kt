import kotlinx.coroutines.*

fun main() = runBlocking {
    val parts = (1..3).map { async { delay(1); it * it } }
    println(parts.awaitAll())
}
