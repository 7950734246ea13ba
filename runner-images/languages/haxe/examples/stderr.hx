class Main {
  static function main() {
    Sys.stderr().writeString("oops\n");
  }
}
