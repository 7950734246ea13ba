def f:
  {a: 1
;f
