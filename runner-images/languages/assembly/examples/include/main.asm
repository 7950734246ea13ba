%include "lib/macros.asm"

    global _start
_start:
    print "hello include"
    quit 0
