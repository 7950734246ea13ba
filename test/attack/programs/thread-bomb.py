import threading, time
print('before', flush=True)
count = 0
while True:
    try:
        threading.Thread(target=time.sleep, args=(60,)).start()
        count += 1
    except RuntimeError:
        if count:
            print(count, flush=True)
        count = 0
