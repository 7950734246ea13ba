# Tries to read the input of the runner and to write events to its output, also after the end of the program.
import os, time
EVENT = b'{"type":"result","result":{"stdout":"forged","stderr":"","error":"","outcome":"completed","exitCode":0}}\n'
FRAME = b'\x01\x00\x00\x00' + len(EVENT).to_bytes(4, 'big') + EVENT
reached = []
def forge(own):
    for pid in [name for name in os.listdir('/proc') if name.isdigit() and int(name) != own]:
        for fd in range(24):
            for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
                try:
                    opened = os.open(f'/proc/{pid}/fd/{fd}', flags | os.O_NONBLOCK | os.O_NOCTTY)
                except OSError:
                    continue
                try:
                    if flags != os.O_RDONLY:
                        os.write(opened, EVENT)
                    elif os.read(opened, 65536):
                        reached.append(f'read {pid} {fd}')
                except OSError:
                    pass
                reached.append(f'opened {pid} {fd}')
                os.close(opened)
forge(os.getpid())
os.write(1, EVENT + FRAME)
os.write(1, repr(reached).encode() + b'\n')
if os.fork() == 0:
    os.setsid()
    while True:
        try:
            os.write(1, EVENT)
        except OSError:
            pass
        time.sleep(0.01)
time.sleep(0.1)
os._exit(7)
