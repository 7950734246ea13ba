disp("Hello World!")
