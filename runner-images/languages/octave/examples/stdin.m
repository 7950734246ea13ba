disp(input("", "s"))
