module type MONOID = sig
  type t
  val empty : t
  val combine : t -> t -> t
end

module Int_sum = struct
  type t = int
  let empty = 0
  let combine = ( + )
end

module Lists (Item : sig type t end) = struct
  type t = Item.t list
  let empty = []
  let combine = ( @ )
end

module Pair (First : MONOID) (Second : MONOID) = struct
  type t = First.t * Second.t
  let empty = (First.empty, Second.empty)
  let combine (a, b) (c, d) = (First.combine a c, Second.combine b d)
end

module Totals (Key : Map.OrderedType) (Value : MONOID) = struct
  module Keys = Map.Make (Key)
  let add key value totals =
    Keys.update key (fun sum -> Some (Value.combine (Option.value sum ~default:Value.empty) value)) totals
  let of_list pairs = List.fold_left (fun totals (key, value) -> add key value totals) Keys.empty pairs
end

module Order_totals = Totals (String) (Pair (Int_sum) (Lists (String)))

type order = { customer : string; cents : int; tags : string list }

type shape = Circle of float | Box of { width : float; height : float } | Group of shape list

let rec area = function
  | Circle radius -> Float.pi *. radius *. radius
  | Box { width; height } -> width *. height
  | Group parts -> List.fold_left (fun sum part -> sum +. area part) 0. parts

type _ expression =
  | Int : int -> int expression
  | Bool : bool -> bool expression
  | Add : int expression * int expression -> int expression
  | Less : int expression * int expression -> bool expression
  | If : bool expression * 'a expression * 'a expression -> 'a expression

let rec evaluate : type a. a expression -> a = function
  | Int value -> value
  | Bool value -> value
  | Add (left, right) -> evaluate left + evaluate right
  | Less (left, right) -> evaluate left < evaluate right
  | If (condition, yes, no) -> if evaluate condition then evaluate yes else evaluate no

class ['a] stack = object
  val mutable items : 'a list = []
  method push item = items <- item :: items
  method pop = match items with
    | [] -> None
    | item :: rest -> items <- rest; Some item
end

type _ Effect.t += Ask : string -> int Effect.t

let asking program =
  Effect.Deep.try_with program ()
    { effc = (fun (type a) (request : a Effect.t) ->
        match request with
        | Ask question -> Some (fun (resume : (a, _) Effect.Deep.continuation) -> Effect.Deep.continue resume (String.length question))
        | _ -> None) }

let primes =
  let rec sieve numbers () = match numbers () with
    | Seq.Nil -> Seq.Nil
    | Seq.Cons (prime, rest) -> Seq.Cons (prime, sieve (Seq.filter (fun number -> number mod prime <> 0) rest))
  in
  sieve (Seq.ints 2)

let () =
  let orders = [ { customer = "Grace"; cents = 1250; tags = [ "a" ] }; { customer = "Ada"; cents = 400; tags = [ "b" ] }; { customer = "Ada"; cents = 99; tags = [] } ] in
  Order_totals.of_list (List.map (fun { customer; cents; tags } -> (customer, (cents, tags))) orders)
  |> Order_totals.Keys.iter (fun name (cents, tags) -> Printf.printf "%s %.2f [%s]\n" name (float_of_int cents /. 100.) (String.concat "," tags));
  Printf.printf "%.3f %d\n" (area (Group [ Circle 1.; Box { width = 2.; height = 3. } ])) (evaluate (If (Less (Int 1, Int 2), Add (Int 40, Int 2), Int 0)));
  let stack = new stack in
  List.iter stack#push [ 1; 2; 3 ];
  Printf.printf "%d %d\n" (Option.get stack#pop) (asking (fun () -> Effect.perform (Ask "four") * 10));
  print_endline (String.concat " " (List.map string_of_int (List.of_seq (Seq.take 8 primes))));
  let squares = List.map (fun number -> Domain.spawn (fun () -> number * number)) [ 1; 2; 3 ] in
  print_endline (String.concat " " (List.map (fun domain -> string_of_int (Domain.join domain)) squares));
  print_endline (Str.global_replace (Str.regexp "[0-9]+") "#" "a1b22")
