import os
held = []
try:
    while True:
        held += os.pipe()
except OSError as error:
    # One is needed to say so.
    os.close(held.pop())
    print(len(held), error.strerror)
