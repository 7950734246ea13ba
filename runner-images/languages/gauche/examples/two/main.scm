(load "./greeting.scm")

(print (hello "two"))
