(module
  (i32.foo))
