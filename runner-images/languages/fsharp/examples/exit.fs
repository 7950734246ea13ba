[<EntryPoint>]
let main _ = 3
