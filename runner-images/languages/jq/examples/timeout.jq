"before", (def f: f; f)
