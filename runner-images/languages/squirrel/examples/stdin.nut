local line = ""
local byte
while ((byte = stdin.readn(99)) != 10) line += byte.tochar()
print(line + "\n")
