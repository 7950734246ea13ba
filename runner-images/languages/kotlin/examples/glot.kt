fun main(args : Array<String>){
    println("hello glot")
}
