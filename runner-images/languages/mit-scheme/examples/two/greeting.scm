(define (hello name)
  (string-append "hello " name))
