function f() {
  print("never\n")
