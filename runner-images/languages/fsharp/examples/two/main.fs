module Main

printfn "%s" (Greeting.greet "two")
