package runonce.training

object Style extends App {
  val words = List("a", "b").zipWithIndex.map { case (word, index) => word * index }
  println(words)
}
