import time
while True:
    print('.', end='', flush=True)
    time.sleep(0.05)
