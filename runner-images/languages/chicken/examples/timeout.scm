(print "before")
(let loop () (loop))
