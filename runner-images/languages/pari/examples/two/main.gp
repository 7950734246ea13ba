read("greeting.gp")
print(hello("two"))
