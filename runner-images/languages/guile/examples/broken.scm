(define (f)
  (display "never"
