printfn "Hello World!"
