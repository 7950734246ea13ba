f := function(x)
  return x;
