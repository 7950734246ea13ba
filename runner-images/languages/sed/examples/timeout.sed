s/.*/before/p
:a
b a
