let () =
  let found = Str.string_match (Str.regexp "[a-z]+") "abc" 0 in
  Printf.printf "%s, %d\n" (if found then "match" else "none") (Unix.gmtime 0.).Unix.tm_sec
