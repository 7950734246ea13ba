say "Hello World!"
