@main def program(): Unit =
  println(scala.io.StdIn.readLine())
