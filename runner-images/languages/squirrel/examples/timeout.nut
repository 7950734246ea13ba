print("before\n")
while (true) {}
