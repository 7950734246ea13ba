print(commandArgs(trailingOnly = TRUE))
