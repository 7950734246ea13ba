#lang lazy

(define ones (cons 1 ones))
(displayln (! (+ (car ones) (cadr ones))))
