# Recurses up to the limit of the interpreter, and then up to the limit of the stack.
import sys
print('before', flush=True)
def deeper(depth):
    return deeper(depth + 1) + 1
try:
    deeper(0)
except RecursionError:
    print('refused', flush=True)
sys.setrecursionlimit(1 << 30)
deeper(0)
