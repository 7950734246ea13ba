(use-modules (lib greeting))

(display (hello "λ"))
(newline)
