import scala.collection.immutable.{SortedMap, TreeSet}
import scala.collection.mutable
import scala.concurrent.{Await, ExecutionContext, Future}
import scala.concurrent.duration.*
import scala.util.{Failure, Success, Try, Using}

given ExecutionContext = ExecutionContext.global

case class Order(customer: String, cents: Int, tags: Set[String] = Set.empty) derives CanEqual

enum Shape:
  case Circle(radius: Double)
  case Box(width: Double, height: Double)
  case Group(parts: List[Shape])

  def area: Double = this match
    case Circle(radius) => math.Pi * radius * radius
    case Box(width, height) => width * height
    case Group(parts) => parts.map(_.area).sum

trait Monoid[A]:
  def empty: A
  extension (left: A) def combine(right: A): A

object Monoid:
  given Monoid[Int] with
    def empty = 0
    extension (left: Int) def combine(right: Int) = left + right
  given [A]: Monoid[List[A]] with
    def empty = Nil
    extension (left: List[A]) def combine(right: List[A]) = left ++ right
  given [K, V: Monoid as values]: Monoid[Map[K, V]] with
    def empty = Map.empty
    extension (left: Map[K, V]) def combine(right: Map[K, V]) =
      right.foldLeft(left) { case (sum, (key, value)) => sum.updated(key, sum.getOrElse(key, values.empty).combine(value)) }
  given [A: Monoid as first, B: Monoid as second]: Monoid[(A, B)] with
    def empty = (first.empty, second.empty)
    extension (left: (A, B)) def combine(right: (A, B)) = (left._1.combine(right._1), left._2.combine(right._2))

extension [A](all: Iterable[A])
  def merge(using monoid: Monoid[A]): A = all.foldLeft(monoid.empty)((sum, next) => sum.combine(next))

enum Token:
  case Number(value: BigDecimal)
  case Operator(sign: Char)

def tokens(text: String): Either[String, List[Token]] =
  val number = raw"(\d+(?:\.\d+)?)(.*)".r
  def next(rest: String, found: List[Token]): Either[String, List[Token]] = rest.trim match
    case "" => Right(found.reverse)
    case number(digits, after) => next(after, Token.Number(BigDecimal(digits)) :: found)
    case s"${sign}" if "+-*/".contains(sign.head) => next(sign.tail, Token.Operator(sign.head) :: found)
    case other => Left(s"unexpected '${other.head}'")
  next(text, Nil)

def evaluate(text: String): Either[String, BigDecimal] =
  for
    list <- tokens(text)
    result <- Try(list.collect { case Token.Number(value) => value }.reduceLeft(_ * _)).toEither.left.map(_.getMessage)
  yield result

opaque type Name = String
object Name:
  def apply(text: String): Option[Name] = Option.when(text.nonEmpty)(text.capitalize)
  extension (name: Name) def initial: Char = name.head

@main def run(): Unit =
  val orders = Vector(Order("grace", 1250, Set("a")), Order("ada", 400, Set("b", "a")), Order("ada", 99))
  val totals = orders.groupMapReduce(_.customer)(_.cents)(_ + _)
  println(SortedMap.from(totals).map { case (name, cents) => f"$name ${cents / 100.0}%.2f" }.mkString(", "))
  println(orders.map(order => Map(order.customer -> (order.cents, order.tags.toList.sorted))).merge.toList.sortBy(_._1))
  println(TreeSet.from(orders.flatMap(_.tags)).zipWithIndex.toMap.view.mapValues(_ + 1).toList.sorted)
  println(for case Some(name) <- orders.map(order => Name(order.customer)).distinct yield name.initial)
  val futures = (1 to 5).map(number => Future { if number == 3 then sys.error("three") else number * number })
  val all = Future.sequence(futures.map(_.transform(result => Success(result))))
  Await.result(all, 5.seconds).foreach {
    case Success(square) => print(s"$square ")
    case Failure(error) => print(s"${error.getMessage} ")
  }
  println(LazyList.iterate((0, 1)) { case (a, b) => (b, a + b) }.map(_._1).dropWhile(_ < 10).take(4).toList)
  println(s"${evaluate("2 * 3.5 * 4")} ${evaluate("2 ? 3")}")
  val queue = mutable.PriorityQueue.from(orders)(using Ordering.by[Order, Int](_.cents).reverse)
  println(List.unfold(queue)(rest => Option.when(rest.nonEmpty)((rest.dequeue().cents, rest))))
  println(f"${Shape.Group(List(Shape.Circle(1), Shape.Box(2, 3))).area}%.3f")
  Using.resource(scala.io.Source.fromString("one two\nthree"))(source => println(source.getLines().flatMap(_.split(' ')).toList))
