p
d
