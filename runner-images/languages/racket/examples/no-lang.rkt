; a program without #lang
(displayln 5)
(map (lambda (x) (* x x)) (list 1 2))
