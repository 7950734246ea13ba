# First as far as the interpreter lets it, then as far as the stack does.
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
