BEGIN { print "before"; while (1) {} }
