from sympy import integrate, solve, symbols

x = symbols("x")
print(solve(x**2 - 4, x))
print(integrate(x**2, x))
