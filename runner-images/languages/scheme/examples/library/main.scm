(import (lib greeting))

(display (hello "λ"))
(newline)
