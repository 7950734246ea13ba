(define (hello name)
  (string "hello " name))
