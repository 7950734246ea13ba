import os
held = []
try:
    while True:
        held += os.pipe()
except OSError as error:
    # One descriptor is required to print the message.
    os.close(held.pop())
    print(len(held), error.strerror)
