hello() {
  echo "hello $1"
}
