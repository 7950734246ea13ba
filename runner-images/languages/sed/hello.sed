# Without any input it is run once, for one empty line.
s/^$/Hello World!/
