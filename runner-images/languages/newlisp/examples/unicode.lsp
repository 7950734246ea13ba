(set 'text "àéî€")
(println (utf8len text) " " (upper-case text))
