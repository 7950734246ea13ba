var x >= 0;
var y >= 0;
maximize z: 5 * x + 3 * y;
s.t. first: x <= 4;
s.t. second: x + y <= 6;
solve;
printf "x = %g, y = %g, z = %g\n", x, y, z;
end;
