print "never"
for i =
