import json
import sys

total = 0
for i in range(10_000):
    total += i
print(sys.argv[1], total, json.loads('[1, 2, 3]')[-1])
