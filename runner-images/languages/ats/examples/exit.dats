implement main () = 3
