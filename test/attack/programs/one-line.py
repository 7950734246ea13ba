import sys
block = 'x' * (16 << 20)
for _ in range(64):
    sys.stdout.write(block)
