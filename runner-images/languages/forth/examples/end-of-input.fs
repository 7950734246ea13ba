pad 80 accept .
pad 80 accept .
pad 80 accept . cr
