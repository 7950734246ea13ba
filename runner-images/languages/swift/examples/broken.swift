print("fine")
print(nobody)
