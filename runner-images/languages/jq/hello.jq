"Hello World!"
