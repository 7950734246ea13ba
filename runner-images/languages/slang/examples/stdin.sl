variable line;
() = fgets(&line, stdin);
() = fputs(line, stdout);
