class Main {
  static function main() {
    Sys.println(Greeting.greet("two"));
  }
}
