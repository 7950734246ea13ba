builtins.readFile "/dev/stdin"
