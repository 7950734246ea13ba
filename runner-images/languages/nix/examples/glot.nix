"hello glot"
