(import (scheme base) (scheme write))
(write (map (lambda (x) (* x x)) (list 1 2 3)))
(newline)
