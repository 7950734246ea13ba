(import (chicken format) (srfi 4))
(printf "~a ~a~%" (map (lambda (x) (* x x)) (list 1 2 3)) "λ")
