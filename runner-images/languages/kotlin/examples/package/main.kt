package app.start

import app.text.greeting

fun main(args: Array<String>) {
    println(greeting(args.joinToString()))
}
