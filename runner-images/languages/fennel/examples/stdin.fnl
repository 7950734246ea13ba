(print (io.read "l"))
