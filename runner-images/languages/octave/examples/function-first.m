% doubles
function r = dbl(x)
  r = 2 * x(end)';
end
for k = [4 8]
  disp(dbl(k))
end
