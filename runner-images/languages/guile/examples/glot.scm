(display "Hello World!")
