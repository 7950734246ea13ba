import scala.concurrent.*
import scala.concurrent.duration.*
import ExecutionContext.Implicits.global

@main def später(): Unit =
  val parts = Future.sequence((1 to 3).toList.map(n => Future(n * n)))
  println(Await.result(parts, 5.seconds))
