print "Hello World!"
