val () = TextIO.output (TextIO.stdErr, "oops\n")
