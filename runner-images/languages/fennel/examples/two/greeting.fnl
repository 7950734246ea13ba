(fn hello [name]
  (.. "hello " name))

{: hello}
