let () = Greetings.greet "glot"
