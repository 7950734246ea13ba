s/^$/oops/
w /dev/stderr
d
