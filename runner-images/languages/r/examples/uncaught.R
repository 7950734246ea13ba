f <- function() stop("bad")
cat("before\n")
f()
cat("never\n")
