from scipy import integrate, optimize

print(f"{optimize.brentq(lambda x: x * x - 2, 0, 2):.4f}")
print(f"{integrate.quad(lambda x: x * x, 0, 1)[0]:.4f}")
