(module
  (memory (export "memory") 1)
  ;; one piece of output at 0: its address and its length
  (data (i32.const 0) "\08\00\00\00\0a\00\00\00hello two\n"))
