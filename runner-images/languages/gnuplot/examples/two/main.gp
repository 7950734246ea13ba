load "greeting.gp"
set print "-"
print hello("two")
