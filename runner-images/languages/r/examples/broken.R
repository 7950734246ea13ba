f <- function(x) {
  print("never"
