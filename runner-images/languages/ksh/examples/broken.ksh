f() {
  echo never
