from greet import hello
print(hello("two"))
