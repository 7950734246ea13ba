define hello(name) {
  return "hello " + name;
}
