use ./greeting

greeting:hello two
