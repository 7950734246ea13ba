val x =
  nobody + 1
