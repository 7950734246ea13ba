greet () {
  echo ok
}
