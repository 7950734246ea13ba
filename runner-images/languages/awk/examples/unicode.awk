BEGIN { text = "àéî€"; print length(text), toupper(text) }
