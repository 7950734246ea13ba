import sys
print("größer", sys.argv[1:])
