(princ "before\n")
(while t)
