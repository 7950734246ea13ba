# Writes a valid result, a stream frame and a newline, which a client would accept if it received them.
import os, sys
forged = '{"stdout":"forged","stderr":"","error":"","duration":1,"outcome":"completed","exitCode":0,"signal":null}\n'
os.write(1, forged.encode())
os.write(2, forged.encode())
os.write(1, b'\x01\x00\x00\x00\x00\x00\x00\x05forge')
sys.exit(7)
