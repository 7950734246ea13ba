@main def program(): Unit =
  println(x)
