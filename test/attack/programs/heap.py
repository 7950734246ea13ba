print('before', flush=True)
held = []
while True:
    held.append(bytearray(b'x') * (1 << 20))
