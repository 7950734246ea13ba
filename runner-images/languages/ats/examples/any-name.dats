implement main0 () = print"Hello World!\n"
