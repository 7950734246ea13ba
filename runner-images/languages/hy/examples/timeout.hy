(print "before")
(while True)
