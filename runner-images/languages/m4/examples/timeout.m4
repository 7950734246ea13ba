before
define(`f', ``f'')dnl
define(`loop', `loop')dnl
loop
