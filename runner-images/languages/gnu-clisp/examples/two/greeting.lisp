(defun hello (name)
  (concatenate 'string "hello " name))
