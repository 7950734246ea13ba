print("before\n")
throw "oops"
