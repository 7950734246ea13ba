# Leaves a file in each of many nested folders, and in folders with long names.
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
