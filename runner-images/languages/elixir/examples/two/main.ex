IO.puts(Greeting.for("two"))
