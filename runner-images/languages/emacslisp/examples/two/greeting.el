(defun hello (name)
  (concat "hello " name))
