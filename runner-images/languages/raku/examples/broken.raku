sub f {
  say "x" +;
}
