;; Runs the program as batchload does, without a word of its own, and ends with 1 where it fails.
(setq $loadprint nil)
(let ((done nil))
  (catch 'macsyma-quit
    (when (errset (mfuncall '$batchload (si::getenv "MAXIMA_MAIN"))) (setq done t)))
  ($quit (if done 0 1)))
