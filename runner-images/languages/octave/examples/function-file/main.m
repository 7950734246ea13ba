disp(square(5))
