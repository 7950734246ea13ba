let () = Greetings.greet "two"
