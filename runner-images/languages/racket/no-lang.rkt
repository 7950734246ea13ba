#lang racket/base
;; Reads the files of the program that begin with neither #lang nor a module as `#lang racket`. Line numbers do not
;; change.
(require "flush.rkt")

(define declares-module #px"(?m:^\\s*(?:#lang\\s|#!|#reader|\\(module\\s))")
(define load-file (current-load))

(define (read-forms path port)
  (define form (read-syntax path port))
  (if (eof-object? form) '() (cons form (read-forms path port))))

(define (load-racket path name)
  (define forms
    (call-with-input-file path
      (lambda (port)
        (port-count-lines! port)
        (parameterize ([read-accept-reader #t] [read-accept-compiled #f])
          (read-forms path port)))))
  (eval (namespace-syntax-introduce (datum->syntax #f (list* (namespace-module-identifier) name 'racket forms)))))

;; The context of an error in the file would show this module instead of the program.
(define (without-context error)
  (error-print-context-length 0)
  (raise error))

(define (lacks-lang? path)
  (and (not (regexp-match? #rx"[.]zo$" path))
       (not (call-with-input-file path (lambda (port) (regexp-match? declares-module port))))))

(current-load
 (lambda (path expected)
   (if (and (symbol? expected) (lacks-lang? path))
       (with-handlers ([exn:fail? without-context]) (load-racket path expected))
       (load-file path expected))))
