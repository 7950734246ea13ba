(princ (format "%S\n" command-line-args-left))
(setq command-line-args-left nil)
