;; Runs the program as batchload does, but without the messages of batchload, and exits with 1 after an error.
(setq $loadprint nil)
(let ((done nil))
  (catch 'macsyma-quit
    (when (errset (mfuncall '$batchload (si::getenv "MAXIMA_MAIN"))) (setq done t)))
  ($quit (if done 0 1)))
