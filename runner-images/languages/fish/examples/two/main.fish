source greeting.fish

hello two
