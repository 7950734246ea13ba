#lang racket/base
;; Flushes stdout ten times a second, so that output is kept when the time limit ends the program. Racket cannot
;; handle the signal that the runner sends at the time limit.
(define port (current-output-port))
(void (thread (lambda () (let loop () (sleep 0.1) (flush-output port) (loop)))))

;; Racket configures the runtime only for the first module of the command line, which is this module. Therefore, it
;; applies the configuration of the program. An error in the program is ignored here, because Racket reports it when it
;; requires the program.
(module configure-runtime racket/base
  (define program (path->complete-path (find-system-path 'run-file)))
  (define configuration (list 'submod program 'configure-runtime))
  (when (with-handlers ([void (lambda (error) #f)]) (module-declared? configuration #t))
    (dynamic-require configuration #f)))
