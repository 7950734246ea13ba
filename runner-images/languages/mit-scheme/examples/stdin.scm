(display (read-line))
(newline)
