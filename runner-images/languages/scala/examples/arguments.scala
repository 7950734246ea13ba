@main def square(n: Int): Unit =
  println(n * n)
