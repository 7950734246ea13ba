(display (get-line (current-input-port)))
(newline)
