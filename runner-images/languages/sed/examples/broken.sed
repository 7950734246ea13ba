s/a/b/
s/never
