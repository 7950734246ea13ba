@main def program(): Unit =
  println(greeting("two"))
