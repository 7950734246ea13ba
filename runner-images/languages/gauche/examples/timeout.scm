(display "before\n")
(let loop () (loop))
