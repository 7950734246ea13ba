eprintfn "oops"
