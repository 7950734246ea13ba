print "oops"
