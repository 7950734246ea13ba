echo ok
put (echo never
