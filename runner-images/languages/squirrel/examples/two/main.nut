dofile("greeting.nut", true)

print(hello("two") + "\n")
