class Shape(name: String):
  override def toString = s"my $name"

case class Node(value: Int)

@main def training(): Unit = println(s"${Shape("shape")} ${Node(42)}")
