(display (command-line-arguments))
(newline)
