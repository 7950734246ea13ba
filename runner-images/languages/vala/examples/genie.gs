init
	print "Genie"
