(use lib.greeting)

(print (hello "λ"))
