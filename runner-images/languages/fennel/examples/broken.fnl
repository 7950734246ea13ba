(fn f []
  (print "never")
