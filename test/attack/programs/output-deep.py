# Leaves files in folders that are deep, and that have long names, with a file in each.
import os
def nest(name, depth):
    top = os.getcwd()
    for _ in range(depth):
        os.mkdir(name)
        os.chdir(name)
        open('file', 'w').close()
    os.chdir(top)
nest('d', 40)
nest('e' * 255, 30)
print('after')
