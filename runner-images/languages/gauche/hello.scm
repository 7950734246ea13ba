(print "Hello World!")
