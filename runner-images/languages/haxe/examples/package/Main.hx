import text.Greeting;

class Main {
  static function main() {
    final squares = [for (n in 1...4) n * n];
    Sys.println(Greeting.greet(Sys.args()[0]) + ", " + squares.join(","));
  }
}
