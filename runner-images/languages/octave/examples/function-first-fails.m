%{
checks
%}
function check(x)
  disp(x)
  error('bad %d', x)
end

check(3)
