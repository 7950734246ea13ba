class Über(val n: Int)

object Program {
    @JvmStatic
    fun main(args: Array<String>) {
        println("é ${Über(2).n}")
    }
}
