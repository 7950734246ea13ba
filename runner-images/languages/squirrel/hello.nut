print("Hello World!\n")
