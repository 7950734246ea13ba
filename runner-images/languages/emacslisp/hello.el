(princ "Hello World!\n")
