.a | length, .[2].b, .[2]
