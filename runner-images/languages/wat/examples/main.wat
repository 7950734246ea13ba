(module
  (func $double (param $n i64) (result i64)
    (i64.mul (local.get $n) (i64.const 2)))
  (func (export "main") (result i64)
    (call $double (i64.const 21))))
