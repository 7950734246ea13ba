val () = case TextIO.inputLine TextIO.stdIn of
    SOME line => print line
  | NONE => ()
