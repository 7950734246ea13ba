1;

function y = square(x)
  y = x ^ 2;
end

disp(square(3))
disp("π")
