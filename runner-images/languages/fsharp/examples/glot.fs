printfn "hello glot"
