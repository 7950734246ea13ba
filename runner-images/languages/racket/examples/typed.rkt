#lang typed/racket/base

(: square (-> Integer Integer))
(define (square x) (* x x))

(displayln (square 5))
