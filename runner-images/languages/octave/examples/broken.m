disp("never")
function f(
