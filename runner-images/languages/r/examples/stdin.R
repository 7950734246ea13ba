cat(readLines(file("stdin"), n = 1), sep = "\n")
