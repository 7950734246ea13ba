local sum = 0
for i = 1, 1000000 do sum = sum + i end
print((jit.status()), string.format("%d", sum))
