hello <- function(name) paste("hello", name)
