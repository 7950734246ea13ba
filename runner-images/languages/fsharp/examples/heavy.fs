open System
open System.Collections.Generic
open System.Text.RegularExpressions
open System.Threading.Tasks

type Shape =
    | Circle of radius: float
    | Box of width: float * height: float
    | Group of Shape list

type Order = { Customer: string; Cents: int; Tags: string list }

type Parser<'a> = Parser of (char list -> ('a * char list) option)

module Parser =
    let run (Parser f) input = f input
    let bind f p = Parser(fun input -> run p input |> Option.bind (fun (a, rest) -> run (f a) rest))
    let result a = Parser(fun input -> Some(a, input))
    let satisfy test = Parser(function c :: rest when test c -> Some(c, rest) | _ -> None)
    let rec many p = Parser(fun input ->
        match run p input with
        | Some(a, rest) -> run (many p |> bind (fun tail -> result (a :: tail))) rest
        | None -> Some([], input))

type ParserBuilder() =
    member _.Bind(p, f) = Parser.bind f p
    member _.Return a = Parser.result a

let parser = ParserBuilder()

let number = parser {
    let! first = Parser.satisfy Char.IsDigit
    let! rest = Parser.many (Parser.satisfy Char.IsDigit)
    return String(List.toArray (first :: rest)) |> int }

let rec area = function
    | Circle radius -> Math.PI * radius * radius
    | Box(width, height) -> width * height
    | Group shapes -> List.sumBy area shapes

let (|Even|Odd|) n = if n % 2 = 0 then Even else Odd

let orders = [ { Customer = "Ada"; Cents = 499; Tags = [ "b" ] }; { Customer = "Grace"; Cents = 1250; Tags = [] } ]
for order in orders |> List.sortByDescending (fun order -> order.Cents) do
    printfn "%s %.2f %A" order.Customer (float order.Cents / 100.0) order.Tags
printfn "%.3f" (area (Group [ Circle 1.0; Box(2.0, 3.0) ]))
printfn "%A" (Parser.run number (List.ofSeq "42x") |> Option.map fst)
printfn "%s" (Regex.Replace("a1b22", "[0-9]+", "#"))
let totals = [ 1 .. 4 ] |> List.map (fun n -> async { return n * n }) |> Async.Parallel |> Async.RunSynchronously
printfn "%A %d" totals (Seq.initInfinite id |> Seq.filter (function Even -> true | Odd -> false) |> Seq.take 5 |> Seq.sum)
let counts = Dictionary<string, int>()
for word in "a b a c".Split ' ' do
    counts.[word] <- (match counts.TryGetValue word with | true, n -> n + 1 | _ -> 1)
printfn "%s" (String.Join(",", counts |> Seq.map (fun (KeyValue(key, value)) -> sprintf "%s%d" key value)))
printfn "%A" ({ orders.Head with Cents = 1 })
