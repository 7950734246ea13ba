;; Flushes the output when the time limit ends the program: the runner sends SIGRTMAX, waits for a short time, and kills the
;; remaining processes. Guile calls the handler between two instructions of the main thread.
(let ((sigrtmax 64))
  (sigaction sigrtmax
    (lambda (number)
      (dynamic-wind
        (lambda () #f)
        (lambda () (force-output (current-output-port)))
        (lambda () (kill (getpid) SIGKILL))))))
