let x =
  nobody + 1
