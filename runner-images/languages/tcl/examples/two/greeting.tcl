proc hello {name} {
  return "hello $name"
}
