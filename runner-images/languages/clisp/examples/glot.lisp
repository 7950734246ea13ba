(format t "Hello World!")
