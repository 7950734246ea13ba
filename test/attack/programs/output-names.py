# Leaves files with names that are valid in the kernel and invalid nearly everywhere else.
import os
NAMES = [b'new\nline', b'\xff\xfe', b'\xed\xa0\x80', b'\xc3', b'x' * 255, b'"quoted\\"', b'\x1b[2J', b'\x01' * 255, b'-rf', b'...', b' ', b'data: {}',
         '\u2028'.encode(), '\u202e'.encode(), '\uffff'.encode(), b'event: result\ndata: {"outcome":"completed"}\n\n']
for name in NAMES:
    with open(name, 'wb') as file:
        file.write(name)
# The list of these names takes several MB.
os.mkdir('zz')
for number in range(700):
    open(b'zz/' + str(number).encode() + b'\x01' * 251, 'w').close()
print('after')
