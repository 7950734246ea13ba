(defun factorial (n)
  (if (zerop n) 1 (* n (factorial (1- n)))))

(print-object (factorial 50) *standard-output*)
(terpri)
