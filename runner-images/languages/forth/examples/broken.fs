: hello ." never" cr ;
hello goodbye
