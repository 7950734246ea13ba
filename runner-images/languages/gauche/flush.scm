;; Flushes the output when the time limit ends the program: the runner sends SIGRTMAX, waits a moment, and kills what is left.
(let ((sigrtmax 64))
  (set-signal-handler! sigrtmax
    (lambda (number)
      (unwind-protect
        (flush (current-output-port))
        (sys-kill (sys-getpid) SIGKILL)))))
