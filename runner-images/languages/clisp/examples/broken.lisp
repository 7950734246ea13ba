(defun f ()
  (print "never")
