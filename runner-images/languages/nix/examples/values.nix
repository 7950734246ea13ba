{
  add = a: b: a + b;
  list = [ 1 2.5 true null ./main.nix ];
  text = "é\n";
  file = builtins.toFile "x" "y";
}
