(load "greeting.lisp")

(write-line (hello "two"))
