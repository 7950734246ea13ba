set text "àéî€"
puts "[string length $text] [string toupper $text]"
