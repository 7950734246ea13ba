set print "-"
plot sin(x
