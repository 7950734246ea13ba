val value : int -> int
