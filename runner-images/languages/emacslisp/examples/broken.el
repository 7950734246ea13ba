(defun f ()
  (princ "never")
