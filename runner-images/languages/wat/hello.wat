(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; one piece of output at 0: its address and its length
  (data (i32.const 0) "\08\00\00\00\0d\00\00\00Hello World!\n")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 24)))))
