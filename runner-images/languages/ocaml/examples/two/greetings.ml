let greet name = Printf.printf "hello %s\n" name
