structure StringKey = struct type ord_key = string val compare = String.compare end

functor Tree (Key : sig type ord_key val compare : ord_key * ord_key -> order end) =
struct
  datatype 'a tree = Leaf | Node of 'a tree * Key.ord_key * 'a * 'a tree
  fun insert (Leaf, k, v) = Node (Leaf, k, v, Leaf)
    | insert (Node (l, k', v', r), k, v) =
        case Key.compare (k, k') of
          LESS => Node (insert (l, k, v), k', v', r)
        | GREATER => Node (l, k', v', insert (r, k, v))
        | EQUAL => Node (l, k, v, r)
  fun find (Leaf, _) = NONE
    | find (Node (l, k', v, r), k) =
        case Key.compare (k, k') of LESS => find (l, k) | GREATER => find (r, k) | EQUAL => SOME v
  fun toList Leaf = []
    | toList (Node (l, k, v, r)) = toList l @ [(k, v)] @ toList r
end

structure Counts = Tree (StringKey)

datatype shape = Circle of real | Box of {width : real, height : real} | Group of shape list

fun area (Circle r) = Math.pi * r * r
  | area (Box {width, height}) = width * height
  | area (Group parts) = foldl op+ 0.0 (map area parts)

fun count words =
  foldl (fn (w, t) => Counts.insert (t, w, 1 + getOpt (Counts.find (t, w), 0))) Counts.Leaf words

exception Bad of string

val () = print (Real.fmt (StringCvt.FIX (SOME 3)) (area (Group [Circle 1.0, Box {width = 2.0, height = 3.0}])) ^ "\n")
val () = app (fn (w, n) => print (w ^ Int.toString n ^ " ")) (Counts.toList (count (String.tokens Char.isSpace "a b a c")))
val () = print "\n"
val () = print (IntInf.toString (IntInf.pow (2, 70)) ^ "\n")
val () = (raise Bad "caught") handle Bad text => print (text ^ "\n")
val primes = List.filter (fn n => not (List.exists (fn d => n mod d = 0) (List.tabulate (n - 2, fn i => i + 2)))) (List.tabulate (18, fn i => i + 2))
val () = print (String.concatWith " " (map Int.toString primes) ^ "\n")
val () = print (String.translate (fn c => if Char.isDigit c then "#" else str c) "a1b2" ^ "\n")
val () = print (Int.toString (Array.foldl op+ 0 (Array.tabulate (100, fn i => i))) ^ "\n")
