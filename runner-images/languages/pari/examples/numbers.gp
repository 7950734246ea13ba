print(factor(33333))
print(Pi)
