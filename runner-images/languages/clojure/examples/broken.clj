(println "x")
(println (+ 1 2)
