class Main {
  static function main() {
    Sys.println(Sys.stdin().readLine());
  }
}
