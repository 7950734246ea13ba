package runonce.training

import scala.collection.mutable
import scala.concurrent.{Await, Future}
import scala.concurrent.duration.*
import scala.concurrent.ExecutionContext.Implicits.global
import scala.util.{Failure, Success, Try}

/** Uses the features that programs commonly use. It is compiled and run when the image is built, and determines which
 * classes the ahead-of-time caches contain. */
enum Shape:
  case Square(side: Double)
  case Circle(radius: Double)
  def area: Double = this match
    case Square(side) => side * side
    case Circle(radius) => math.Pi * radius * radius

sealed trait Tree[+T]
case object Leaf extends Tree[Nothing]
final case class Node[T](left: Tree[T], value: T, right: Tree[T]) extends Tree[T]

trait Show[T]:
  extension (value: T) def show: String

given Show[Int] with
  extension (value: Int) def show: String = s"int $value"

def insert[T](tree: Tree[T], value: T)(using ordering: Ordering[T]): Tree[T] = tree match
  case Leaf => Node(Leaf, value, Leaf)
  case Node(left, here, right) if ordering.lt(value, here) => Node(insert(left, value), here, right)
  case Node(left, here, right) => Node(left, here, insert(right, value))

class Counter(start: Int = 0):
  private var count = start
  lazy val twice: Int = count * 2
  def +=(n: Int): Unit = count += n

@main def training(): Unit =
  val numbers = (1 to 10).map(x => x * x).filter(_ % 2 == 0).toList
  println(s"sum ${numbers.sum} ${numbers.maxOption} ${numbers.groupBy(_ % 3)}")
  val counts = mutable.Map.empty[String, Int].withDefaultValue(0)
  for word <- "a b a".split(" ") do counts(word) += 1
  println(counts.toSeq.sortBy(-_._2).map((word, n) => s"$word=$n").mkString(", "))
  val counter = Counter()
  counter += 2
  println(f"${Shape.Circle(1).area}%.2f ${counter.twice} ${3.show}")
  Try("x".toInt) match
    case Success(n) => println(n)
    case Failure(error) => println(error.getMessage)
  val pairs = for x <- LazyList.from(1).take(3); y <- Vector(1, 2) if x != y yield (x, y)
  println(pairs.toSet.size + List(3, 1, 2).foldLeft(Leaf: Tree[Int])(insert).toString)
  val future = Future(21).map(_ * 2)
  println(Await.result(future, 1.second))
  var line = scala.io.StdIn.readLine()
  while line != null do
    println(line.trim.toIntOption.getOrElse(0))
    line = scala.io.StdIn.readLine()
  val array = Array(3, 1, 2).sorted
  println(array.mkString("[", ",", "]") + Option(array.head).map(_ + 1) + BigInt(2).pow(70) + Map("a" -> 1).get("a"))
