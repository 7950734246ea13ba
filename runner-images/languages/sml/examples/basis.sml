datatype 'a tree = Leaf | Node of 'a tree * 'a * 'a tree

fun insert (Leaf, x) = Node (Leaf, x, Leaf)
  | insert (Node (l, y, r), x) = if x < y then Node (insert (l, x), y, r) else Node (l, y, insert (r, x))

fun sum Leaf = 0
  | sum (Node (l, x : int, r)) = sum l + x + sum r

val tree = foldl (fn (x, t) => insert (t, x)) Leaf [20, 1, 21]
val () = print ("größer " ^ Int.toString (sum tree) ^ "\n")
