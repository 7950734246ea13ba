(macro twice [x] `(+ ,x ,x))
(print (twice 6) "λ")
