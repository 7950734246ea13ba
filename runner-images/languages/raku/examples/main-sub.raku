sub MAIN($name, Int :$times = 1) { say "hello $name" for ^$times }
