let () = Printf.printf "before\n"
let () = while true do () done
