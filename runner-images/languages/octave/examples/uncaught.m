disp("before")
error("bad %d", 3)
