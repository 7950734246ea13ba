function f
  echo never
