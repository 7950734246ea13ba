printfn "%s" (stdin.ReadLine())
