let () = Printf.printf "größer %d\n" (Second.value 40)
