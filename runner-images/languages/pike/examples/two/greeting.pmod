string hello(string name) {
  return "hello " + name;
}
