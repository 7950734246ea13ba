IO.puts("hello glot")
