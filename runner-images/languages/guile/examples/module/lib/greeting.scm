(define-module (lib greeting)
  #:export (hello))

(define (hello name)
  (string-append "hello " name))
