source("greeting.R")

cat(hello("two"), "\n", sep = "")
