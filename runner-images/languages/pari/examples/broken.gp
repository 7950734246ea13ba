print("hello")
f(x =
