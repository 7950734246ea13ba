val () = Greetings.greet "two"
