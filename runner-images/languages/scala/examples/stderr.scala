@main def program(): Unit =
  Console.err.println("oops")
