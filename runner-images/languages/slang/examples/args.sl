() = printf("%s\n", strjoin(__argv[[1:]], "|"));
