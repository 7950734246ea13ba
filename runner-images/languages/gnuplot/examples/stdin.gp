set print "-"
print system("head -n 1")
