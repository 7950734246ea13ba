(load "greeting.scm")

(display (hello "two"))
(newline)
