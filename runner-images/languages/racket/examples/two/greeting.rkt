#lang racket/base

(provide hello)

(define (hello name)
  (string-append "hello " name))
