BEGIN {
  print "never"
