(define (main args)
  (print (cdr args))
  0)
