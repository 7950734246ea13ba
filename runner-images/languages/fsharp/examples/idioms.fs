open System

type Person = { Name: string; Age: int }

type Shape =
    | Square of float
    | Circle of float

let area = function
    | Square side -> side * side
    | Circle radius -> Math.PI * radius * radius

[<EntryPoint>]
let main args =
    let numbers = Console.ReadLine().Split(' ') |> Array.map int |> Seq.toList
    let total = async { return numbers |> List.sumBy (fun n -> n * n) } |> Async.RunSynchronously
    if area (Square 2.0) = 4.0 then printfn "%s %d %A" args.[0] total { Name = "Ada"; Age = 36 }
    0
