from greeting import greet

print(greet('two'))
