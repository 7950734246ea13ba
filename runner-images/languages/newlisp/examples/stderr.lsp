(write-line 2 "oops")
