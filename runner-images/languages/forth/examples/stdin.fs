create line 80 allot
line 80 accept line swap type cr
