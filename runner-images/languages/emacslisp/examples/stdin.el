(princ (concat (read-string "") "\n"))
