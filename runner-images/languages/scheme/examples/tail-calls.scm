(let loop ((n 10000000))
  (if (zero? n)
      (begin (display 'done) (newline))
      (loop (- n 1))))
