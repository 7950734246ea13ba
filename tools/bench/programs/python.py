import sys, collections
words = sys.stdin.read().split()
counts = collections.Counter(words)
total = 0
for i in range(300000):
    total = (total * 31 + i) % 1000003
print("Hello", len(words), len(counts), total)
