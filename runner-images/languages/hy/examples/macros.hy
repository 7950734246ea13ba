(defmacro twice [x] `(+ ~x ~x))
(print (twice 6) "λ")
(print (lfor x (range 1 4) (* x x)))
