(define-module lib.greeting
  (export hello))
(select-module lib.greeting)

(define (hello name)
  (string-append "hello " name))
