let x = 1
printfn "%d" y
