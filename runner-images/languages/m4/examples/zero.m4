before
eval(1/0)
