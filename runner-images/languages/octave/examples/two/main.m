greeting

disp(hello("two"))
