from greeting import hello

print(hello("two"))
