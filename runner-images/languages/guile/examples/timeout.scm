(display "before")
(newline)
(let loop () (loop))
